"""DDI Codebook 2.5: what is written validates, and what is read back says the same."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from safeconduct.catalogue.ddi.reading import MOST_BYTES, read_ddi
from safeconduct.catalogue.ddi.writing import write_ddi
from safeconduct.catalogue.entry import Entry
from safeconduct.model.editions import FileRelease
from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.microdata import Category, DataFile, Measurement, Variable, VariableType
from safeconduct.model.study import Access, Country, Party, Period, Study, Term

DDI = {"d": "ddi:codebook:2_5"}
SMALLEST = b"""<codeBook xmlns="ddi:codebook:2_5"><stdyDscr><citation><titlStmt><titl>A</titl></titlStmt></citation>
</stdyDscr></codeBook>"""

texts = (
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=30)
    .map(str.strip)
    .filter(bool)
)
maybe = st.just("") | texts
words = st.dictionaries(st.sampled_from(["", "en", "fr", "ar", "es-419"]), texts, max_size=3)
ids = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True)
parties = st.lists(
    st.builds(Party, name=texts, role=maybe | st.just("primary investigator"), affiliation=maybe, address=maybe),
    max_size=2,
    unique_by=lambda one: one.name,
).map(tuple)
terms = st.lists(st.builds(Term, text=texts, vocabulary=maybe, uri=maybe), max_size=2).map(tuple)
periods = st.lists(st.builds(Period, first=texts, last=maybe, label=maybe), max_size=3).map(tuple)
LISTS = {"producers", "publisher", "funders", "contacts", "collectors"}
WORDS = sorted(
    set(Study.__dataclass_fields__)
    - LISTS
    - {"id", "keywords", "topics", "countries", "periods", "collected", "kind", "study_type", "related", "extra"}
)
studies = st.builds(
    Study,
    id=ids,
    keywords=terms,
    topics=terms,
    countries=st.lists(st.builds(Country, name=texts, code=st.sampled_from(["", "SEN"])), max_size=2).map(tuple),
    periods=periods,
    collected=periods,
    kind=maybe,
    study_type=maybe,
    related=st.lists(texts, max_size=2).map(tuple),
    **dict.fromkeys(LISTS, parties),
    **dict.fromkeys(WORDS, words),
)
codes = st.lists(texts, max_size=3, unique=True).map(tuple)


@st.composite
def variables(draw: st.DrawFn) -> Variable:
    """A variable whose missing categories are among its missing codes, as readers make them."""
    missing = draw(codes)
    labelled = [Category(code=code, labels=draw(words), missing=code in missing) for code in draw(codes)]
    return Variable(
        name=draw(ids),
        type=draw(st.sampled_from(VariableType)),
        labels=draw(words),
        categories=tuple(labelled),
        missing_codes=missing,
        missing_ranges=draw(st.sampled_from([(), (("97", "99"),), (("-inf", "-1"), ("90.5", "inf"))])),
        measurement=draw(st.sampled_from(Measurement)),
        questions=draw(words),
        hints=draw(words),
        width=draw(st.integers(0, 300)),
        **{
            name: draw(maybe)
            for name in ("universe", "relevant", "constraint", "group", "format", "storage", "unit", "derivation",
                         "security")
        },
    )  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[DataFile, ...]:
    """Up to three tables, each below one before it or below none."""
    made: list[DataFile] = []
    for name in draw(st.lists(ids, max_size=3, unique=True)):
        inside = draw(st.lists(variables(), min_size=1, max_size=3, unique_by=lambda one: one.name))
        names = [one.name for one in inside]
        made.append(
            DataFile(
                name=name,
                variables=tuple(inside),
                key=tuple(draw(st.lists(st.sampled_from(names), unique=True))),
                parent=draw(st.sampled_from(["", *(one.name for one in made)])),
                link=tuple(draw(st.lists(st.sampled_from(names), unique=True))),
                labels=draw(words),
            )
        )
    return tuple(made)


def released(study: Study, files: tuple[DataFile, ...]) -> Entry:
    """An entry with these tables."""
    release = FileRelease(
        id="", study=study.id, edition=1, access=Access.LICENSED, files=files, content={}, figures=(), sheet=(),
        rows={file.name: 20 for file in files}, recipe="", data_version="", code="", policy={}, statement=(),
        training=False, decided_at=datetime(2026, 3, 9, tzinfo=UTC),
    )  # fmt: skip
    return Entry(study=study, release=release, access=Access.LICENSED)


@pytest.fixture(scope="module")
def schema(material) -> xmlschema.XMLSchema:
    """The content models of DDI Codebook 2.5; see the README beside it."""
    return xmlschema.XMLSchema(material / "codebook-2.5-compact.xsd")


def test_the_smallest_document_has_a_title(schema):
    """Nothing more is asked of a study."""
    written = write_ddi(Entry(study=Study(id="A", title={"": "A"})))

    assert schema.is_valid(SMALLEST.decode())
    schema.validate(written.decode())


def test_a_released_study_validates(schema, entry):
    """With files, variables, figures and its history."""
    schema.validate(write_ddi(entry).decode())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(study=studies, files=tables())
def test_whatever_we_describe_comes_back_and_validates(schema, study, files):
    """Every field of a study, a table and a variable survives, in every language."""
    written = write_ddi(released(study, files))

    schema.validate(written.decode())
    read = read_ddi(written)
    assert replace(read.study, extra={}) == study
    assert read.files == files


def test_the_example_comes_back(entry):
    """Written, read, and the same; nothing of ours is taken for somebody's extra."""
    read = read_ddi(write_ddi(entry))

    assert read.study == entry.study
    assert read.files == entry.tables


def find(entry, path):
    return etree.fromstring(write_ddi(entry)).findall(path, DDI)


def test_counts_come_from_the_release(entry):
    """A withheld count leaves no trace; a told one stands beside its category."""
    counts = [
        (one.findtext("d:catValu", None, DDI), one.findtext("d:catStat", None, DDI))
        for one in find(entry, ".//d:var[@name='sex']/d:catgry")
    ]

    assert counts == [("1", "520"), ("2", None), ("9", None)]


def test_a_band_that_is_no_category_is_a_group(entry):
    """So that nobody takes a band for a code of the file."""
    (band,) = find(entry, ".//d:var[@name='age']/d:catgryGrp")

    assert (band.findtext("d:labl", None, DDI), band.findtext("d:catStat", None, DDI)) == ("20-29", "210")


def test_summary_statistics_are_what_may_be_told(entry):
    """Lowest and highest are single people and were withheld."""
    told = {one.get("type"): one.text for one in find(entry, ".//d:var[@name='age']/d:sumStat")}

    assert told == {"vald": "930", "invd": "12", "mean": "23.4"}


def test_a_variable_says_what_was_done_to_it(entry):
    """In the element archives look at."""
    assert [one.text for one in find(entry, ".//d:security")] == ["Told in bands of ten years."]


def test_user_missing_codes_are_marked(entry):
    """As a range, as a single code, and on the category."""
    assert [one.get("VALUE") for one in find(entry, ".//d:invalrng/d:item")] == ["9"]
    assert [(one.get("min"), one.get("max")) for one in find(entry, ".//d:invalrng/d:range")] == [("97", "99")]
    assert [one.findtext("d:catValu", None, DDI) for one in find(entry, ".//d:catgry[@missing='Y']")] == ["9"]


def test_rows_and_columns_are_told(entry):
    """Rows are part of what was released."""
    assert [one.text for one in find(entry, ".//d:caseQnty")] == ["310", "952"]
    assert [one.text for one in find(entry, ".//d:varQnty")] == ["1", "3"]


def test_tables_say_how_they_hang_together(entry):
    """Keys and levels in the schema's own elements."""
    groups = find(entry, ".//d:recGrp")

    assert [(one.get("keyvar"), one.get("recGrp")) for one in groups] == [("F1V1", "R2"), ("F2V1", None)]


def test_a_withdrawn_edition_stays_with_its_reason(entry):
    """In the history of the document."""
    history = [
        (one.find("d:version", DDI).text, one.find("d:version", DDI).get("type"), one.findtext("d:notes", None, DDI))
        for one in find(entry, "d:docDscr/d:citation/d:verStmt")
    ]

    assert history == [("1", "withdrawn", "Two villages could be told apart."), ("2", "current", None)]


def test_a_wish_of_the_form_stays_inside(entry, files):
    """It would tell what there was to hide."""
    secret = replace(files[1].variables[1], wish="remove: names a clinic")
    changed = (files[0], replace(files[1], variables=(secret,)))

    assert b"clinic" not in write_ddi(released(entry.study, changed))


def test_the_study_alone_has_no_files(described):
    """Before the first release there is nothing to count."""
    assert find(described, ".//d:fileDscr") == find(described, ".//d:var") == []


@pytest.mark.parametrize("content", [b"", b"no", b"<a/>", b"<codeBook/>", b"\x00\x01", b"<codeBook><stdyDscr>"])
def test_what_is_no_description_is_refused_in_words(content):
    """Without a word of the parser's own."""
    with pytest.raises(Unreadable, match="send"):
        read_ddi(content)


def test_entities_are_refused():
    """A file of some bytes that would grow to gigabytes, or read another file."""
    bomb = b'<!DOCTYPE codeBook [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><codeBook><stdyDscr>&b;</stdyDscr></codeBook>'

    with pytest.raises(Unreadable, match="entities"):
        read_ddi(bomb)


def test_a_file_of_this_machine_is_never_read(tmp_path):
    """An outside entity is refused before anybody looks for it."""
    (tmp_path / "secret").write_text("hidden")
    document = f'<!DOCTYPE codeBook [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><codeBook><stdyDscr/></codeBook>'

    with pytest.raises(Unreadable, match="entities"):
        read_ddi(document.encode())


def test_an_old_document_names_its_grammar_and_is_read():
    """Nesstar writes a DOCTYPE that defines nothing; it is not fetched."""
    document = (
        b'<!DOCTYPE codeBook SYSTEM "http://www.icpsr.umich.edu/DDI/Version1-2-2.dtd">'
        b'<codeBook xmlns="http://www.icpsr.umich.edu/DDI"><stdyDscr><citation><titlStmt><titl>Old</titl>'
        b"</titlStmt></citation></stdyDscr></codeBook>"
    )

    assert read_ddi(document).study.title == {"": "Old"}


def test_a_description_too_long_is_refused():
    """Before anything is parsed."""
    with pytest.raises(BadInput, match="64 MiB"):
        read_ddi(b" " * (MOST_BYTES + 1))
