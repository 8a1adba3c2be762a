"""Signatures of witnesses, kept beside the signed root they saw."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from safeconduct.ledger import tables
from safeconduct.ledger.entries import opened, plain
from safeconduct.ledger.signed import BY_WITNESS, SHOWN, CheckSignature, cosigned_text, hexed
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotFound, Tampered, WrongState
from safeconduct.model.text import say

PARTS = {*BY_WITNESS, "public", "signature"}


def keep(connection: Connection, size: int, cosignature: Mapping[str, Json], check: CheckSignature) -> bool:
    """Keep a witness's signature that fits our checkpoint; whether it is new. The caller holds the writers' lock.

    Raises:
        BadInput: It is no such signature.
        NotFound: There is no checkpoint of that size.
        Tampered: It is good for another root, another owner or nothing.
        WrongState: A witness of that name signed with another key.
    """
    if cosignature.keys() != PARTS or not _plain(cosignature):
        raise BadInput(say("this is not a witness's signature; it has a name, a key, a root, a size and a time"))
    body = connection.execute(select(tables.checkpoint.c.body).where(tables.checkpoint.c.size == size)).scalar()
    if body is None:
        raise NotFound(say("the record of use has no signed root of that size; show the witness the last one"))
    _fitting(opened(body), size, cosignature, check)
    table, witness = tables.cosignature, str(cosignature["witness"])
    found = select(table.c.body).where(table.c.size == size, table.c.witness == witness)
    before = connection.execute(found).scalar()
    if before is None:
        connection.execute(table.insert().values(size=size, witness=witness, body=plain(cosignature)))
    elif opened(before)["public"] != cosignature["public"]:
        raise WrongState(say("another witness of that name signed this already; witnesses have names of their own"))
    return before is None


def _plain(cosignature: Mapping[str, Json]) -> bool:
    texts = [cosignature[name] for name in PARTS - {"size"}]
    named = all(isinstance(one, str) and 0 < len(one) <= tables.LONGEST_ID for one in texts)
    return named and len(str(cosignature["witness"])) <= tables.LONGEST_NAME


def _fitting(signed: Mapping[str, Json], size: int, cosignature: Mapping[str, Json], check: CheckSignature) -> None:
    ours = (signed["root"], signed["public"], size)
    good = check(hexed(cosignature["public"]), cosigned_text(cosignature), hexed(cosignature["signature"]))
    if not good or (cosignature["root"], cosignature["log"], cosignature["size"]) != ours:
        raise Tampered(say("this witness's signature does not fit the signed root of that size"))


def of(size: int | None = None) -> Select[Any]:
    """Signatures beside the signed root of a size, or beside all."""
    table = tables.cosignature.c
    wanted = select(table.size, table.witness, table.body)
    return wanted if size is None else wanted.where(table.size == size)


def beside(signed: Mapping[str, Json], rows: list[RowMapping]) -> dict[str, Json]:
    """A checkpoint with the signatures of its witnesses, as an exported line has it."""
    bodies = sorted((opened(row["body"]) for row in rows), key=lambda body: str(body["witness"]))
    kept: list[Json] = [{name: body[name] for name in SHOWN} for body in bodies]
    return {**signed, "cosignatures": kept} if kept else dict(signed)
