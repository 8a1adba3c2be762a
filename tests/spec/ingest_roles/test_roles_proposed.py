"""What each column is proposed to be. A direct identifier that is missed harms people; one too many costs a click."""

import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.ingest.proposing import Proposal, alike, how_many_alike, propose
from safeconduct.ingest.proposing_rules.signs import seen
from safeconduct.ingest.proposing_rules.topics import TOPICS
from safeconduct.ingest.proposing_rules.words import lexicon
from safeconduct.model.errors import NotFound
from safeconduct.model.microdata import Category, Column, DataFile, Variable, VariableRole, VariableType

DIRECT, QUASI, SENSITIVE, OTHER = VariableRole.DIRECT, VariableRole.QUASI, VariableRole.SENSITIVE, VariableRole.OTHER
TEXT, INTEGER, NUMBER = VariableType.TEXT, VariableType.INTEGER, VariableType.NUMBER
MARKER = "Zzyxwvu"


def one(name: str, values: Sequence[object] = (), **known) -> Proposal:
    """The proposal for a single column."""
    kind = known.pop("type", TEXT)
    variable = Variable(name=name, type=kind, **known)
    arrow = {TEXT: pa.string(), INTEGER: pa.int64(), NUMBER: pa.float64()}.get(kind, pa.null())
    sample = pa.table({name: pa.array(list(values), arrow)}) if values else pa.table({})
    return propose(DataFile(name="survey", variables=(variable,)), sample, rows=len(values))[0]


def found(columns) -> list[tuple[object, Proposal]]:
    """Every column of a corpus beside its proposal."""
    return [(column, propose(column.file, column.sample, rows=column.sample.num_rows)[0]) for column in columns]


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_no_direct_identifier_of_the_corpus_is_missed(corpus, language: str) -> None:
    mine = [pair for pair in found(corpus) if pair[0].language == language and pair[0].role is DIRECT]

    assert len(mine) >= 10
    assert [column.variable.name for column, said in mine if said.role is not DIRECT] == []


def test_nearly_every_direct_identifier_that_is_proposed_is_one(corpus, held_out) -> None:
    proposed = [column for column, said in found((*corpus, *held_out)) if said.role is DIRECT]

    assert sum(column.role is DIRECT for column in proposed) >= 0.95 * len(proposed)


def test_the_corpus_is_large_and_mostly_proposed_right(corpus) -> None:
    right = [said.role is column.role for column, said in found(corpus)]

    assert len(right) >= 120
    assert sum(right) >= 0.95 * len(right)


def test_columns_the_words_were_not_written_for_are_mostly_right_and_no_direct_identifier_is_missed(held_out) -> None:
    pairs = found(held_out)

    assert [column.variable.name for column, said in pairs if column.role is DIRECT and said.role is not DIRECT] == []
    assert sum(said.role is column.role for column, said in pairs) >= 0.9 * len(pairs)


def test_what_is_sure_is_right(corpus, held_out) -> None:
    wrong = [
        column.variable.name
        for column, said in found((*corpus, *held_out))
        if said.sure and said.role is not column.role
    ]

    assert wrong == []


HTCDS = {
    "direct_identifier": {DIRECT}, "third_party_identifier": {DIRECT},
    "free_text_drop_before_any_release": {VariableRole.FREE_TEXT}, "sensitive_attribute": {SENSITIVE},
    "quasi_identifier": {QUASI, VariableRole.GEOGRAPHY}, "consent_flag": {OTHER}, "process": {OTHER},
    "organisation_attribute": {OTHER},
}  # fmt: skip
KINDS = {
    "Long Text": TEXT, "Number": NUMBER, "Date": VariableType.DATE, "Checkbox": VariableType.BOOLEAN,
}  # fmt: skip


def htcds(shared: Path) -> list[tuple[str, Proposal]]:
    """The disclosure role of every field of the standard, beside what is proposed from name and label alone."""
    fields = json.loads((shared / "standards" / "htcds.json").read_text(encoding="utf-8"))["fields"]
    variables = tuple(
        Variable(name=one["name"], type=KINDS.get(one["type"], TEXT), labels={"en": one["label"]}) for one in fields
    )
    proposals = propose(DataFile(name="cases", variables=variables), pa.table({}), rows=0)
    return [(one["safeconduct"]["disclosure_role"], said) for one, said in zip(fields, proposals, strict=True)]


def test_all_thirteen_direct_identifiers_of_the_case_standard_are_found_by_their_words(shared: Path) -> None:
    roles = [said.role for wanted, said in htcds(shared) if wanted == "direct_identifier"]

    assert roles == [DIRECT] * 13


def test_most_fields_of_the_case_standard_are_proposed_as_its_roles_say(shared: Path) -> None:
    right = [said.role in HTCDS[wanted] for wanted, said in htcds(shared) if wanted != "organisation_attribute"]

    assert sum(right) >= 0.9 * len(right)


def test_nothing_about_a_person_in_the_case_standard_is_surely_proposed_as_other(shared: Path) -> None:
    about_people = {"direct_identifier", "third_party_identifier", "sensitive_attribute", "quasi_identifier"}

    assert [
        said.name for wanted, said in htcds(shared) if wanted in about_people and said.role is OTHER and said.sure
    ] == []


def of_csv(path: Path) -> dict[str, Proposal]:
    """Proposals for a file without a single label."""
    table = arrow_csv.read_csv(path)
    kinds = {pa.int64(): INTEGER, pa.float64(): NUMBER, pa.bool_(): VariableType.BOOLEAN}
    variables = tuple(Variable(name=one.name, type=kinds.get(one.type, TEXT)) for one in table.schema)
    said = propose(DataFile(name="file", variables=variables), table, rows=table.num_rows)
    return {one.name: one for one in said}


def test_the_european_survey_is_read_by_its_values_where_its_names_say_nothing(shared: Path) -> None:
    said = of_csv(shared / "data" / "eusilc.csv")

    assert {name: said[name].role.value for name in ("db030", "rb030", "rb090", "age", "hsize")} == {
        "db030": "household id",
        "rb030": "direct identifier",
        "rb090": "quasi-identifier",
        "age": "quasi-identifier",
        "hsize": "quasi-identifier",
    }


@pytest.mark.parametrize("file", ["vietnam_lsms_households", "vietnam_lsms_individuals"])
def test_a_file_without_identifiers_is_proposed_none(shared: Path, file: str) -> None:
    assert [name for name, said in of_csv(shared / "data" / f"{file}.csv").items() if said.role is DIRECT] == []


def test_the_position_of_a_stop_is_found(shared: Path) -> None:
    said = of_csv(shared / "data" / "mpls_stops_2017.csv")

    assert [said["lat"].role, said["long"].role, said["idNum"].role] == [DIRECT] * 3


@pytest.mark.parametrize(("name", "role"), [
    ("village", VariableRole.GEOGRAPHY),  # it holds "age"
    ("language", QUASI),
    ("sexe", QUASI),
    ("stage", OTHER),
    ("average_yield", OTHER),
    ("tenure_code", QUASI),
    ("hotel", OTHER),  # it holds "tel"
    ("renamed", OTHER),
    ("plate", OTHER),  # it holds "lat"
])  # fmt: skip
def test_words_are_found_whole(name: str, role: VariableRole) -> None:
    assert one(name).role is role


@pytest.mark.parametrize("name", ["prénom", "PRENOM", "resp_Prénom", "q3Prenoms", "prenom_2"])
def test_accents_case_plurals_and_numbers_do_not_matter(name: str) -> None:
    assert one(name).role is DIRECT


def test_nombre_is_a_name_in_spanish_and_a_number_in_french() -> None:
    assert one("p1", labels={"es": "Nombre"}).role is DIRECT
    assert one("p1", labels={"fr": "Nombre de chèvres"}).role is OTHER


def test_a_label_in_an_unknown_language_is_searched_for_every_word() -> None:
    assert one("p1", labels={"": "Numéro de téléphone"}).role is DIRECT


def test_two_signs_that_agree_are_sure() -> None:
    assert one("age", type=INTEGER, labels={"en": "Age in years"}).sure


def test_a_name_alone_is_not_sure() -> None:
    assert not one("age", type=INTEGER).sure


def test_what_is_not_clear_is_other_and_says_so() -> None:
    said = one("q17b", [f"{at % 7} units" for at in range(50)])

    assert (said.role, said.sure) == (OTHER, False)
    assert "please look" in str(said.because)


@pytest.mark.parametrize(("wish", "role"), [
    ("direct", DIRECT),
    ("remove", DIRECT),
    ("quasi-identifier; recode", QUASI),
    ("indirect", QUASI),
    ("sensitive", SENSITIVE),
    ("metadata", OTHER),
    ("free text", VariableRole.FREE_TEXT),
    ("supprimer", DIRECT),
    ("keep", OTHER),
])  # fmt: skip
def test_the_wish_of_the_form_comes_first(wish: str, role: VariableRole) -> None:
    said = one("age", labels={"en": "Age"}, wish=wish)

    assert (said.role, said.sure) == (role, True)


def test_a_wish_that_the_values_contradict_is_not_followed() -> None:
    said = one("q5", [f"person{at}@example.org" for at in range(50)], wish="keep")

    assert (said.role, said.sure) == (DIRECT, False)


@pytest.mark.parametrize("name", [
    "_submitted_by", "deviceid", "start", "end", "instanceID", "meta/instanceID", "_uuid", "phonenumber", "username",
    "audit", "_geolocation", "formhub/uuid", "_id", "KEY", "PARENT_KEY", "SubmissionDate", "_submission__uuid",
    "_index", "_parent_index", "_submission_time", "simserial", "subscriberid", "meta/rootUuid",
])  # fmt: skip
def test_what_a_survey_platform_adds_is_a_direct_identifier_for_sure(name: str) -> None:
    said = one(name)

    assert (said.role, said.sure) == (DIRECT, True)


@pytest.mark.parametrize("name", ["__version__", "_validation_status", "_tags", "formdef_version"])
def test_what_a_platform_says_of_the_form_is_none(name: str) -> None:
    assert one(name).role is OTHER


def test_the_link_to_a_household_is_the_household() -> None:
    file = DataFile(
        name="members", parent="hh", link=("_parent_index",),
        variables=(Variable(name="_parent_index", type=INTEGER),),
    )  # fmt: skip
    assert propose(file, pa.table({}), rows=0)[0].role is VariableRole.HOUSEHOLD


def test_the_key_that_another_table_is_linked_to_is_the_household() -> None:
    key = Variable(name="_index", type=INTEGER)
    household = DataFile(name="hh", key=("_index",), variables=(key,))
    members = DataFile(name="members", parent="hh", link=("_parent_index",), key=("_index",), variables=(key,))

    roles = [propose(file, pa.table({}), rows=0, beside=(household, members))[0].role for file in (household, members)]

    assert roles == [VariableRole.HOUSEHOLD, DIRECT]


@pytest.mark.parametrize("sort", ["geopoint", "geoshape", "image", "audio", "deviceid", "phonenumber"])
def test_the_sort_of_answer_a_form_takes_is_believed(sort: str) -> None:
    said = one("q5", storage=sort)

    assert (said.role, said.sure) == (DIRECT, True)


def test_a_question_about_telephones_is_no_telephone_number() -> None:
    yes_no = (Category(code="1", labels={"en": "Yes"}), Category(code="0", labels={"en": "No"}))

    assert one("mobile", type=INTEGER, labels={"en": "Mobile phone"}, categories=yes_no).role is OTHER


@pytest.mark.parametrize("values", [
    [f"+2567{at:08d}" for at in range(50)],
    [f"00963 9{at % 10}1 {at:03d} {at + 400:03d}" for at in range(50)],
    [f"1.23{at:03d} 32.5{at:04d} 1120 4.5" for at in range(50)],
    [f"POINT(32.5{at:04d} 1.2{at:04d})" for at in range(50)],
    [f"{at:08x}-0000-4000-8000-000000000000" for at in range(50)],
    [f"192.168.{at}.7" for at in range(50)],
    [f"35{at:013d}"[:15] for at in range(50)],
    [f"https://facebook.com/p{at}" for at in range(50)],
    [f"{100 + at}-2{at % 10}C{at:05d}" for at in range(50)],
    [f"photo_{at}.JPG" for at in range(50)],
    [f"AB{at:06d}" for at in range(50)],
    [f"6FG22222+{'2345'[at % 4]}{'6789CFGHJM'[at % 10]}" for at in range(50)],
], ids=[
    "abroad", "arab", "geopoint", "wkt", "uuid", "ip", "imei", "url", "unhcr", "photo", "document", "plus code",
])  # fmt: skip
def test_identifiers_are_known_by_their_shape_whatever_the_column_is_called(values: list[str]) -> None:
    assert one("q99", values).role is DIRECT


def test_one_address_among_other_answers_is_enough_to_warn() -> None:
    values = ["nothing", "the well", "market", "none at all", "a bridge", "water", "roof", "ask me at ana@example.org"]

    assert one("q8", values).role is DIRECT


def test_free_text_with_an_address_in_it_stays_free_text() -> None:
    values = [f"We walked for {at} days and then waited at the river for somebody to come" for at in range(40)]

    assert (
        one("q8", [*values, "please write to ana@example.org, I am waiting for your answer"]).role
        is VariableRole.FREE_TEXT
    )


def test_days_are_no_telephone_numbers() -> None:
    assert one("q8", [f"2026-03-{1 + at % 28:02d}" for at in range(50)]).role is not DIRECT


def test_places_written_with_capitals_are_not_surely_names() -> None:
    said = one("q8", [f"Camp {chr(65 + at % 5)}" for at in range(50)])

    assert said.role is not DIRECT or not said.sure


def test_names_from_places_whose_names_we_do_not_know_are_found_by_how_they_are_written() -> None:
    family = ("Tuivaga", "Waqanivalu", "Naqelevuki", "Ratukalou", "Vakacegu", "Bolatagici", "Delailomaloma")
    values = [f"{chr(65 + at % 26)}{'aeiou'[at % 5]}siloma {family[at % 7]}" for at in range(120)]

    assert one("q8", values).role is DIRECT


def test_proposals_come_in_the_order_of_the_variables() -> None:
    file = DataFile(name="f", variables=tuple(Variable(name=name, type=TEXT) for name in "cab"))

    assert [said.name for said in propose(file, pa.table({}), rows=0)] == ["c", "a", "b"]


def test_nobody_is_proposed_anything_for_nothing() -> None:
    assert propose(DataFile(name="f", variables=()), pa.table({}), rows=0) == ()


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), max_size=60), st.text(min_size=1, max_size=20))
def test_no_proposal_quotes_a_value(values: list[str | None], name: str) -> None:
    marked = [None if value is None else f"{MARKER} {value}" for value in values]
    variable = Variable(name=name, type=TEXT)
    sample = pa.table({name: pa.array([*marked, f"{MARKER}@example.org"], pa.string())})

    said = propose(DataFile(name="f", variables=(variable,)), sample, rows=sample.num_rows)

    assert MARKER not in f"{said!r}{said}{[str(each.because) for each in said]}{seen(variable, sample.column(0))!r}"


@settings(deadline=None)
@given(st.sampled_from(list(VariableType)), st.booleans())
def test_every_type_can_be_looked_at_empty_or_not(kind: VariableType, filled: bool) -> None:  # noqa: FBT001 - drawn
    arrow = {
        TEXT: pa.string(), INTEGER: pa.int64(), NUMBER: pa.float64(), VariableType.BOOLEAN: pa.bool_(),
        VariableType.DATE: pa.date32(), VariableType.MOMENT: pa.timestamp("us"),
    }[kind]  # fmt: skip
    column = pa.array(
        [1, 0, None] * 20 if filled else [None] * 60, pa.int32() if kind is VariableType.DATE else pa.int64()
    )
    column = column.cast(pa.date32()) if kind is VariableType.DATE else column.cast(arrow)
    variable = Variable(name="q", type=kind)

    assert propose(DataFile(name="f", variables=(variable,)), pa.table({"q": column}), rows=60)


def test_every_topic_has_its_words() -> None:
    assert {topic.name for topic in TOPICS} == set(lexicon())


def test_every_topic_has_words_in_every_language() -> None:
    lists = {name: entry.spoken for name, entry in lexicon().items()}

    assert [
        (name, language) for name, spoken in lists.items() for language, words in spoken.items() if not words.each
    ] == []


def survey() -> tuple[DataFile, ...]:
    """Two tables with columns that belong together."""
    scale = tuple(Category(code=str(at), labels={"en": word}) for at, word in enumerate(("No", "Some", "Much")))
    return (
        DataFile(name="hh", variables=(
            Variable(name="phone_1", type=TEXT), Variable(name="phone_2", type=TEXT),
            Variable(name="age_1", type=INTEGER),
            Variable(name="see", type=INTEGER, categories=scale), Variable(name="hear", type=INTEGER, categories=scale),
        )),
        DataFile(name="members", variables=(
            Variable(name="phone", type=TEXT), Variable(name="walk", type=INTEGER, categories=scale),
            Variable(name="m1", type=TEXT, labels={"fr": "Nom 1"}),
            Variable(name="m2", type=TEXT, labels={"fr": "Nom 2"}),
        )),
    )  # fmt: skip


@pytest.mark.parametrize(("of", "like"), [
    (Column(file="hh", name="phone_1"), ["hh.phone_2", "members.phone"]),
    (Column(file="hh", name="see"), ["hh.hear", "members.walk"]),
    (Column(file="members", name="m1"), ["members.m2"]),
    (Column(file="hh", name="age_1"), []),
])  # fmt: skip
def test_columns_that_are_alike_are_found_in_every_table(of: Column, like: list[str]) -> None:
    assert [str(column) for column in alike(survey(), of)] == like
    assert how_many_alike(survey())[of] == len(like)


def test_a_column_that_is_not_there_has_none_alike() -> None:
    with pytest.raises(NotFound):
        alike(survey(), Column(file="hh", name="nowhere"))
