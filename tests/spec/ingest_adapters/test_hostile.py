"""Whatever is in a file: our own errors, no word of a record in them, and no good row lost or doubled."""

import gzip
import io
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeconduct.ingest import lines
from safeconduct.ingest.adapter import content_digest
from safeconduct.model.errors import SafeconductError

MARKER = "Qxzv7Marker"
CORPUS = Path(__file__).parents[2] / "material" / "phone_files"
NAMED = 'columns = { person = "A", time = "T", cell = "C" }'
FIXED = 'format = "fixed_width"\nshort_lines = true\npositions = { A = [1, 16], T = [17, 17], C = [18, 18] }\n' + NAMED
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
MANY = settings(deadline=None, max_examples=25, suppress_health_check=CHECKS)
FRAME = 'header = false\ncolumn_count = 3\ncomment = "#"\nskip_lines = 1\nskip_end = 1\ndelimiter = ";"\n'
NUMBERED = "columns = { person = 1, time = 2, cell = 3 }"
DIALECTS = {
    "csv": (NAMED, "A,T,C\n", "{},t,c", ""),
    "framed": (FRAME + NUMBERED, "A;T;C;D\n", "{};t;c", "x;y\n"),
    "bare": ('quote = ""\ndelimiter = "\\t"\n' + NAMED, "A\tT\tC\n", "{}\tt\tc", ""),
    "single quotes": ('quote = "\'"\n' + NAMED, "A,T,C\n", "'{}',t,'c'", ""),
    "decoded": ('null_words = ["-"]\ndecode = { cell = "hex" }\n' + NAMED, "A,T,C\n", "{},t,c", ""),
    "joined": (NAMED.replace('"C"', '"{T}-{C}"'), "A,T,C\n", "{},t,c", ""),
    "fixed": (FIXED, "", "{:16}tc", ""),
}
ODD = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b'"', b"'", b'"a', b'a"b,c', b",,", b",,,", b"\xef\xbb\xbf", b"\0", b"\r", b"a\rb", b"\t\t", b";;",
                     b"#", b"\xe2\x80\xa8,t,c", b"\xc2\x85", b"=1+1,t,c", b"\x1a", b"1" * 70_000, b"%s,%n"]),
).map(lambda one: one.replace(b"\n", b""))  # fmt: skip


def blank(line, delimiter):
    return not line.strip() and delimiter not in line


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16-le"])
@given(odd=st.lists(st.tuples(st.integers(0, 6), ODD), max_size=8), block=st.integers(1, 200), end=st.booleans())
@MANY
def test_no_good_row_is_lost_or_doubled_beside_any_others(folder, dialect, encoding, odd, block, end) -> None:
    """Every line that is not blank is a row that was read or one that was rejected, wherever blocks end."""
    events, head, form, tail = DIALECTS[dialect]
    good = [form.format(f"{MARKER}{number}") for number in range(6)]
    middle = [one.encode() for one in good]
    for place, wrong in sorted(odd, key=lambda one: -one[0]):
        middle.insert(max(place, not head), wrong)  # at the very start a mark would be the file's own
    content = head.encode() + b"".join(one + b"\n" for one in middle) + tail.encode()
    content = content if end else content.removesuffix(b"\n")
    if encoding != "utf-8":
        content = content.decode("latin-1").encode(encoding)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", block * 1000 if any(len(one) > 1000 for _, one in odd) else block)
        found = folder.read(f'encoding = "{encoding}"\n{events}', content, "calls_1.txt")

    people = Counter(row["person"] for row in found.rows)
    assert {f"{MARKER}{number}": people[f"{MARKER}{number}"] for number in range(6)} == {
        f"{MARKER}{number}": 1 for number in range(6)
    }
    delimiter = {"framed": b";", "bare": b"\t"}.get(dialect, b"\n" if dialect == "fixed" else b",")
    rows = [one for one in middle if not blank(one, delimiter)]
    if dialect == "framed":
        rows = [one for one in rows if not one.startswith(b"#")]
    assert len(found.rows) + len(found.rejected) == len(rows)
    assert len(found.lines) == len(found.rows)
    assert not any(f"{MARKER}{number}".encode() in line for number in range(6) for _, line in found.rejected)


def table():
    columns = {
        "A": pa.array([MARKER, MARKER + "2", None] * 50),
        "T": pa.array(range(150), pa.timestamp("ms")),
        "C": pa.array([b"c", b"c", None] * 50).dictionary_encode(),
        "N": pa.array([1.5, None, 2.0] * 50),
    }
    return pa.table(columns)


def parquet(**how):
    sink = io.BytesIO()
    pq.write_table(table(), sink, row_group_size=40, **how)
    return sink.getvalue()


PLAIN = f"A,T,C\n{MARKER},t,c\n".encode() * 30
FILES = {
    "calls_1.csv": (NAMED, PLAIN),
    "calls_1.csv.gz": (NAMED, gzip.compress(PLAIN, mtime=0)),
    "calls_1.csv.zst": (NAMED, pa.compress(PLAIN, "zstd", asbytes=True)),
    "calls_1.txt": (FIXED, f"{MARKER:16}tc\n".encode() * 30),
    "calls_2.txt": (f'encoding = "utf-16"\n{NAMED}', PLAIN.decode().encode("utf-16")),
    "calls_1.parquet": (NAMED, parquet()),
    "calls_2.parquet": (NAMED, parquet(compression="zstd", data_page_version="2.0", write_page_checksum=True)),
    "calls_3.parquet": (NAMED, parquet(compression="none", use_dictionary=False)),
}


def mutilated(content, cut, flips):
    """Bytes flipped, or else the end cut off."""
    changed = bytearray(content)
    for place, bits in flips:
        changed[min(int(place * len(changed)), len(changed) - 1)] ^= bits
    return bytes(changed if flips else changed[: max(int(cut * len(changed)), 1)])


@pytest.mark.parametrize("name", FILES)
@given(cut=st.floats(0, 1), flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=4))
@MANY
def test_no_mutilation_makes_a_message_quote_a_record(folder, caplog, capfd, name, cut, flips) -> None:
    """Nor a log line, nor what is printed, nor how our own values show themselves."""
    events, content = FILES[name]
    path = folder.path / name
    path.write_bytes(mutilated(content, cut, flips))
    shown = ""
    try:
        content_digest(path, "calls_*")
        shown = repr(folder.chunks(events, name))
    except SafeconductError as refused:
        shown = f"{refused} {refused!r} {refused.text} {refused.field} {refused.__cause__}"

    said = capfd.readouterr()
    assert MARKER not in shown + caplog.text + said.out + said.err


@given(content=st.binary(max_size=300))
@MANY
@pytest.mark.parametrize("name", [*FILES, "calls_9"])
def test_any_bytes_are_read_or_told(folder, name, content) -> None:
    """Under any name."""
    events = FILES.get(name, (NAMED, b""))[0]
    (folder.path / name).write_bytes(content)

    told = "calls_*"
    try:
        folder.chunks(events, name)
    except SafeconductError as refused:
        told = str(refused)

    assert "calls_*" in told


EXPECTED = {
    "byte_order_mark_twice.csv": (2, {"bad_row": 0}),
    "cut_in_a_row.csv": (2, {"bad_row": 1}),
    "formulas.csv": (3, {}),
    "header_only.csv": (0, {}),
    "latin_1_in_utf_8.csv": (2, {"not_text": 1}),
    "line_ends_of_three_sorts.csv": (2, {"not_text": 1}),
    "more_and_fewer_columns.csv": (2, {"bad_row": 3}),
    "old_end_of_file.csv": (2, {"bad_row": 1}),
    "quotes_never_closed.csv": (3, {"bad_row": 2}),
    "unicode_line_ends.csv": (3, {}),
    "zero_bytes.csv": (2, {"not_text": 2}),
}


@pytest.mark.parametrize("name", sorted(one.name for one in CORPUS.glob("*.csv")))
def test_every_file_of_the_corpus_gives_its_good_rows(folder, name) -> None:
    """Those whose person begins with `good` are the good ones."""
    kept, wrong = EXPECTED[name]
    found = folder.read(NAMED, (CORPUS / name).read_bytes())

    assert Counter(reason for reason, _ in found.rejected) == Counter({k: v for k, v in wrong.items() if v})
    assert len(found.rows) == kept
    assert all(row["person"].startswith("good") for row in found.rows)
    assert not any(line.startswith(b"good") for _, line in found.rejected)


def test_a_bomb_is_read_in_bounded_memory(folder) -> None:
    """Two hundred megabytes of one line, in two hundred kilobytes: one row too long, and the row after it is read."""
    content = gzip.compress(b"A,T,C\n" + b"1" * (200 << 20) + b"\ngood,t,c\n", 9)
    before = pa.total_allocated_bytes()

    found = folder.read(NAMED, content, "calls_1.csv.gz")

    assert ([row["person"] for row in found.rows], [one[0] for one in found.rejected]) == (["good"], ["too_long"])
    assert len(found.rejected[0][1]) < 32 << 20
    assert pa.total_allocated_bytes() - before < 64 << 20
