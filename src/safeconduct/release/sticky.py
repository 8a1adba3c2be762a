"""What is picked for a cell by a keyed hash: the same whenever the same is asked of the same people."""

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np

from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import Unsafe
from safeconduct.model.outcomes import Draft, Evidence
from safeconduct.model.text import say
from safeconduct.query.asks import asks
from safeconduct.query.spec import read_question

KEY_BYTES = 8
Whole = np.ndarray[tuple[int], np.dtype[np.int64]]


def whom_counted(draft: Draft) -> list[bytes]:
    """The people of each row, as one number."""
    return [int(str(key)).to_bytes(KEY_BYTES, "big") for key in draft.evidence.column(Evidence.CELL_KEY.value)]


def what_asked(draft: Draft) -> list[bytes]:
    """The people of each row and what it asks of them: the sort of count, the records it reads, its areas.

    A row of a day reads that day alone, whatever days were asked for beside it; types and days without records are no
    part of it. Versions of the records are none either.
    """
    made = draft.provenance
    asked = asks(read_question(made.spec).plan())
    days = next((draft.table.column(key.name) for key in draft.output.keys if key.level is None), None)
    areas = [draft.table.column(key.name) for key in draft.output.keys if key.level is not None]
    about = {day: digest([asked, _read(made.partitions, day)]) for day in set(days or [None])}
    rows = [json.dumps(list(map(str, row))) for row in zip(*areas, strict=True)]
    said = [(about[days[at] if days else None] + row).encode() for at, row in enumerate(rows)]
    return [people + one for people, one in zip(whom_counted(draft), said, strict=True)]


def hashed(keys: Sequence[bytes], secret: bytes, *, purpose: bytes = b"") -> Whole:
    """Numbers below 2^32 that nobody can work out without the secret.

    Args:
        keys: What they follow from.
        secret: Of the site and the data set.
        purpose: At most 16 bytes; two purposes have unrelated numbers.

    Raises:
        Unsafe: There is no secret.
    """
    if len(secret) < KEY_BYTES:
        raise Unsafe(say("noise needs the site's secret; ask the question through the site"))
    made = [hashlib.blake2b(key, key=secret, digest_size=4, person=purpose).digest() for key in keys]
    return np.frombuffer(b"".join(made), dtype=">u4").astype(np.int64)


def _read(partitions: Mapping[str, str], day: object) -> list[Json]:
    """Partitions that a row reads."""
    return [name for name in sorted(partitions) if day is None or name.endswith(f"/{day}")]
