"""A release as canonical JSON takes it, and back; a number that is not whole is a decimal text."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from safeconduct.model.areas import AreaLevel
from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import BadInput, SafeconductError, Tampered, Unsafe
from safeconduct.model.outcomes import Provenance, Release
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say

FORMAT = 1
TYPES: Mapping[str, tuple[pa.DataType, Callable[[Any], Json], Callable[[Any], object]]] = {
    "text": (pa.string(), str, str),
    "day": (pa.date32(), lambda day: str(day.isoformat()), date.fromisoformat),
    "whole": (pa.int64(), int, int),
    "decimal": (pa.float64(), repr, float),
}
WORDS = ("answer_id", "training", "decided_at")


def tree_of(release: Release) -> dict[str, Json]:
    """Everything a release says, without its digest.

    Raises:
        Unsafe: A column is of a kind no release has.
    """
    return {
        "format": FORMAT,
        "answer_id": release.answer_id,
        "output": _output(release.output),
        "columns": [_column(name, release.table) for name in release.table.columns],
        "provenance": _provenance(release.provenance),
        "policy": dict(release.policy),
        "statement": [{"id": text.id, "values": dict(text.values)} for text in release.statement],
        "training": release.training,
        "decided_at": release.decided_at.isoformat(),
    }


def digest_of(release: Release) -> str:
    """SHA-256 over everything a release says, computed anew."""
    try:
        return digest(tree_of(release))
    except BadInput:
        raise Unsafe(say("the answer holds a number that has no canonical text; nothing is released")) from None


def parts_of(tree: Mapping[str, Any]) -> dict[str, Any]:
    """What a release is made of, from its tree; the digest too, as it stands there.

    Raises:
        Tampered: It is not the tree of a release.
    """
    try:
        if tree["format"] != FORMAT:
            raise Tampered(say("the kept answer has a format this version does not know; run `safeconduct migrate`"))
        return {
            **{word: tree[word] for word in WORDS},
            "decided_at": datetime.fromisoformat(tree["decided_at"]),
            "output": _read_output(tree["output"]),
            "table": _read_table(tree["columns"]),
            "provenance": Provenance(**tree["provenance"]),
            "policy": dict(tree["policy"]),
            "statement": tuple(Text(one["id"], dict(one["values"])) for one in tree["statement"]),
            "digest": str(tree["digest"]),
        }
    except (KeyError, TypeError, ValueError, AttributeError, pa.ArrowException, BadInput):
        raise not_a_release() from None


def not_a_release() -> SafeconductError:
    """What is said of a kept answer that cannot be read or was changed."""
    return Tampered(say("the kept answer is not what the gate released; ask the question again"))


def _output(output: Output) -> dict[str, Json]:
    return {
        "keys": [
            {
                "name": key.name,
                "level": None if key.level is None else key.level.value,
                "days": [day.isoformat() for day in key.days],
                "nullable": key.nullable,
            }
            for key in output.keys
        ],
        "values": [{"name": value.name, "measure": value.measure.value, "unit": value.unit} for value in output.values],
    }


def _read_output(tree: Mapping[str, Any]) -> Output:
    keys = (
        Key(
            name=key["name"],
            level=None if key["level"] is None else AreaLevel(key["level"]),
            days=tuple(date.fromisoformat(day) for day in key["days"]),
            nullable=key["nullable"],
        )
        for key in tree["keys"]
    )
    values = (Value(name=one["name"], measure=Measure(one["measure"]), unit=one["unit"]) for one in tree["values"])
    return Output(keys=tuple(keys), values=tuple(values))


def _provenance(provenance: Provenance) -> dict[str, Json]:
    return {
        "dataset": provenance.dataset,
        "spec": dict(provenance.spec),
        "spec_id": provenance.spec_id,
        "partitions": dict(provenance.partitions),
        "geography": provenance.geography,
        "data_version": provenance.data_version,
        "code": provenance.code,
        "engine": provenance.engine,
        "zone": provenance.zone,
    }


def _column(name: str, table: Table) -> dict[str, Json]:
    kind = table.arrow.schema.field(name).type
    for word, (arrow, write, _) in TYPES.items():
        if kind == arrow:
            cells = [None if value is None else write(value) for value in table.column(name)]
            return {"name": name, "type": word, "cells": cells}
    raise Unsafe(say("a column of the answer is of a kind that cannot be released; nothing is released"))


def _read_table(columns: Sequence[Mapping[str, Any]]) -> Table:
    arrays = {}
    for column in columns:
        arrow, _, read = TYPES[column["type"]]
        arrays[column["name"]] = pa.array([None if one is None else read(one) for one in column["cells"]], type=arrow)
    return Table(pa.table(arrays))
