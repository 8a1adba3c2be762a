"""Search: what people type, in four languages, finds what they mean."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.catalogue.entry import Entry
from safeconduct.catalogue.search import Index, Scope
from safeconduct.model.editions import FileRelease
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Category, DataFile, Variable, VariableType
from safeconduct.model.study import Access, Country, Period, Study, Term


def released(study: Study, *variables: Variable, access: Access = Access.LICENSED) -> Entry:
    """A study with one table."""
    release = FileRelease(
        id="", study=study.id, edition=1, access=access, files=(DataFile(name="data", variables=variables),),
        content={}, figures=(), sheet=(), rows={"data": 20}, recipe="", data_version="", code="", policy={},
        statement=(), training=False, decided_at=datetime(2026, 3, 9, tzinfo=UTC),
    )  # fmt: skip
    return Entry(study=study, release=release, access=access)


KOLDA = released(
    Study(
        id="SEN_2026",
        title={"en": "Displaced households in Kolda", "fr": "Ménages déplacés à Kolda"},
        abstract={"en": "Shelter, water and food security of families who fled floods."},
        keywords=(Term(text="displacement"),),
        countries=(Country(name="Senegal", code="SEN"),),
        collected=(Period(first="2026-01", last="2026-03"),),
        study_type="Household survey",
    ),
    Variable(
        name="hh_size",
        type=VariableType.INTEGER,
        labels={"en": "Household size"},
        questions={"en": "How many people live here?"},
    ),
    Variable(name="b2", type=VariableType.INTEGER, labels={"en": "Gender of the member", "fr": "Sexe du membre"}),
    Variable(
        name="w1",
        type=VariableType.INTEGER,
        labels={"en": "Main source of drinking water"},
        categories=(Category(code="1", labels={"en": "Borehole"}), Category(code="2", labels={"en": "River"})),
    ),
)
JORDAN = released(
    Study(
        id="JOR_2024",
        title={"en": "Refugee registration 2024", "ar": "تسجيل اللاجئين"},
        abstract={"en": "Age and sex of registered people; household income was not asked."},
        countries=(Country(name="Jordan", code="JOR"),),
        collected=(Period(first="2024"),),
        study_type="Administrative records",
    ),
    Variable(name="age", type=VariableType.INTEGER, labels={"en": "Age in years", "ar": "العُمْر بالسنوات"}),
    access=Access.PUBLIC_USE,
)
COLOMBIA = Entry(
    study=Study(
        id="COL_2020",
        title={"es": "Encuesta de hogares desplazados"},
        abstract={"es": "Ingresos de los hogares."},
        countries=(Country(name="Colombia", code="COL"),),
        collected=(Period(first="2019", last="2020"),),
    )
)
INDEX = Index.of([KOLDA, JORDAN, COLOMBIA])


def studies(text, **arguments):
    return [hit.study for hit in INDEX.search(text, **arguments).hits]


def variables(text, **arguments):
    return [hit.variable for hit in INDEX.search(text, what="variables", **arguments).hits]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kolda", ["SEN_2026"]),
        ("KOLDA", ["SEN_2026"]),
        ("deplaces", ["SEN_2026", "COL_2020"]),
        ("desplazado", ["COL_2020", "SEN_2026"]),
        ("نازحون", ["SEN_2026", "COL_2020"]),
        ("لاجئ", ["JOR_2024"]),
        ("réfugiés", ["JOR_2024"]),
        ("IDP hogar", ["COL_2020", "SEN_2026"]),
        ("sécurité alimentaire", ["SEN_2026"]),
        ("PUF", ["JOR_2024"]),
        ("SEN_2026", ["SEN_2026"]),
        ("Senegal", ["SEN_2026"]),
    ],
)
def test_a_word_finds_its_studies_in_any_language(text, found):
    """Accents, capitals, plurals, articles and synonyms are forgiven; nothing else is found."""
    assert sorted(studies(text)) == sorted(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sex", ["b2"]),
        ("género", ["b2"]),
        ("ménage", ["hh_size"]),
        ("hh_size", ["hh_size"]),
        ("eau", ["w1"]),
        ("borehole", ["w1"]),
        ("edad", ["age"]),
        ("عمر", ["age"]),
        ("الْعُمْر", ["age"]),
    ],
)
def test_a_word_finds_its_variables(text, found):
    """By name, label, question and category, in any of the languages."""
    assert variables(text) == found


def test_the_title_counts_more_than_the_abstract():
    """A study about income comes before one that mentions it."""
    about = Entry(study=Study(id="A", title={"en": "Income in camps"}))
    mentions = Entry(study=Study(id="B", title={"en": "Shelter"}, abstract={"en": "Income was asked too."}))

    assert [hit.study for hit in Index.of([mentions, about]).search("income").hits] == ["A", "B"]


def test_the_word_itself_counts_more_than_its_synonym():
    """Where both are titles."""
    asked = Entry(study=Study(id="A", title={"en": "Gender"}))
    other = Entry(study=Study(id="B", title={"en": "Sex"}))

    assert [hit.study for hit in Index.of([other, asked]).search("gender").hits] == ["A", "B"]


def test_a_phrase_in_quotes_stands_as_it_was_typed():
    """Its words one after another, in one text."""
    assert variables('"source of drinking"') == ["w1"]
    assert variables('"drinking source"') == []


def test_words_of_two_texts_make_no_phrase():
    """The end of a label and the beginning of the question are not neighbours."""
    assert variables('"size how"') == []


def test_the_last_word_may_be_a_beginning():
    """While somebody types."""
    assert variables("borehol") == variables("boreh") == ["w1"]
    assert variables("boreh* water") == ["w1"]


def test_every_word_must_be_there():
    """A study of Kolda and of Jordan there is not; each alone has one of the words."""
    found = INDEX.search("kolda refugee")

    assert found.loose
    assert {hit.study for hit in found.hits} == {"SEN_2026", "JOR_2024"}
    assert not INDEX.search("kolda shelter").loose


def test_common_words_are_not_looked_for():
    """Unless nothing else was asked."""
    assert studies("the households of the displaced") == studies("households displaced")
    assert studies("of") != []


def test_nothing_asked_finds_everything():
    """For browsing, in the order the entries came."""
    assert studies("") == ["SEN_2026", "JOR_2024", "COL_2020"]
    assert INDEX.search("", what="variables").total == 4


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"country": "SEN"}, ["SEN_2026"]),
        ({"country": ["SEN", "COL"]}, ["SEN_2026", "COL_2020"]),
        ({"year_from": "2024"}, ["SEN_2026", "JOR_2024"]),
        ({"year_to": 2024}, ["JOR_2024", "COL_2020"]),
        ({"year_from": 2020, "year_to": 2020}, ["COL_2020"]),
        ({"access": "public use"}, ["JOR_2024"]),
        ({"kind": "Household survey", "year_from": ""}, ["SEN_2026"]),
        ({"country": "SEN", "access": "public use"}, []),
    ],
)
def test_filters_leave_the_studies_that_fit(filters, found):
    """Of one filter any value, of several each."""
    assert studies("", filters=filters) == found


def test_variables_are_filtered_by_their_study():
    """A variable fits where its study does."""
    assert variables("", filters={"country": "JOR"}) == ["age"]


def test_facets_count_studies_not_people():
    """Each filter aside from its own choice."""
    facets = INDEX.search("", what="variables", filters={"country": "SEN"}).facets

    assert facets["country"] == {"SEN": 1, "JOR": 1}
    assert facets["access"] == {"licensed": 1}
    assert INDEX.search("").facets["year"] == {"2026": 1, "2024": 1, "2020": 1}


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"what": "people"}, "what"),
        ({"filters": {"colour": "red"}}, "filters"),
        ({"filters": {"year_from": "last"}}, "year_from"),
        ({"filters": {"access": "stolen"}}, "access"),
    ],
)
def test_what_cannot_be_asked_is_told_in_words(arguments, field):
    """And the field is named."""
    with pytest.raises(BadInput) as caught:
        INDEX.search("", **arguments)

    assert caught.value.field == field


def test_words_found_are_marked():
    """Where they stand, synonyms too."""
    (hit,) = INDEX.search("food sécurité alimentaire").hits[:1]
    (snippet,) = [one for one in hit.snippets if one.field == "abstract"]

    assert [snippet.text[low:high] for low, high in snippet.spans] == ["food security"]


def test_a_long_text_is_cut_around_the_first_word_found():
    """Between words, with dots where something is left out."""
    long = "word " * 200 + "borehole " + "word " * 200
    entry = Entry(study=Study(id="A", title={"en": "T"}, abstract={"en": long}))
    (hit,) = Index.of([entry]).search("borehole").hits
    (snippet,) = hit.snippets

    assert len(snippet.text) < 260
    assert snippet.text.startswith("… word")
    assert [snippet.text[low:high] for low, high in snippet.spans] == ["borehole"]


def test_pages_follow_each_other():
    """Together they are the whole."""
    whole = studies("")

    assert [studies("", limit=1, offset=at) for at in range(4)] == [[one] for one in whole] + [[]]


def test_an_empty_catalogue_finds_nothing():
    """And says so without complaint."""
    empty = Index.of([])

    assert empty.search("water").hits == ()
    assert empty.search("", what="variables").total == 0


def test_a_withdrawn_study_has_no_variables_to_find():
    """Its description stays."""
    withdrawn = Index.of([replace(KOLDA, release=None, access=Access.NOT_AVAILABLE)])

    assert withdrawn.search("kolda").total == 1
    assert withdrawn.search("water", what="variables").total == 0


@given(st.text(max_size=60), st.sampled_from(Scope))
def test_whatever_is_typed_gives_an_answer(text, what):
    """Hits are sorted, marks lie inside their texts and never overlap."""
    found = INDEX.search(text, what=what)

    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    for hit in found.hits:
        for snippet in hit.snippets:
            ends = [end for span in snippet.spans for end in span]
            assert ends == sorted(ends)
            assert 0 <= ends[0] < ends[-1] <= len(snippet.text)
