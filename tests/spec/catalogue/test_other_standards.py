"""Dublin Core, DCAT-AP and Croissant: what other people's programs read in what we write."""

import json

import mlcroissant
import pytest
import rdflib
from lxml import etree

from safeconduct.catalogue.base import standard
from safeconduct.catalogue.standards.croissant import Croissant
from safeconduct.catalogue.standards.dcat import DCAT
from safeconduct.catalogue.standards.dublin_core import DublinCore

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own
DC = "{http://purl.org/dc/elements/1.1/}"
ELEMENTS = {
    "contributor", "coverage", "creator", "date", "description", "format", "identifier", "language", "publisher",
    "relation", "rights", "source", "subject", "title", "type",
}  # fmt: skip
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PREFIXES = """
    PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
    PREFIX odrl: <http://www.w3.org/ns/odrl/2/> PREFIX spdx: <http://spdx.org/rdf/terms#>
    PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX sc: <urn:safeconduct:vocab#>
"""


@pytest.fixture
def graph(entry):
    """What a linked-data program understands of our DCAT."""
    return rdflib.Graph().parse(data=DCAT().write(entry), format="json-ld")


def asked(graph, question):
    return sorted(str(row[0]) for row in graph.query(PREFIXES + question))


@pytest.mark.parametrize("name", ["croissant", "dcat", "ddi", "dublin_core"])
def test_every_standard_is_found_by_its_name(name, entry, described):
    """And writes a study with and without an edition."""
    assert standard[name]().write(entry)
    assert standard[name]().write(described)


@pytest.mark.parametrize("name", ["croissant", "dcat", "ddi", "dublin_core"])
def test_the_same_entry_gives_the_same_bytes(name, entry):
    """So that a digest means something."""
    assert standard[name]().write(entry) == standard[name]().write(entry)


@pytest.mark.parametrize("name", ["croissant", "dcat", "ddi", "dublin_core"])
def test_no_standard_tells_where_a_file_lies_or_who_made_the_plan(name, entry):
    """Handles of the store and ids of plans stay inside."""
    text = standard[name]().write(entry)

    assert b"never told" not in text
    assert b"b" * 64 not in text


def test_dublin_core_tells_titles_in_each_language(entry):
    """One element a language."""
    root = etree.fromstring(DublinCore().write(entry))

    assert [(one.get(LANG), one.text) for one in root.findall(f"{DC}title")] == list(entry.study.title.items())


def test_dublin_core_has_fifteen_kinds_of_element_at_most(entry):
    """Harvesters refuse a sixteenth."""
    root = etree.fromstring(DublinCore().write(entry))

    assert {etree.QName(one).localname for one in root} <= ELEMENTS


def test_dcat_is_one_data_set(graph, entry):
    """At the address of its page."""
    assert asked(graph, "SELECT ?s { ?s a dcat:Dataset }") == [entry.url]


def test_dcat_tells_who_may_have_it(graph):
    """In the European Union's words."""
    assert asked(graph, "SELECT ?r { ?s a dcat:Dataset; dct:accessRights ?r }") == [
        "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
    ]


def test_dcat_tells_which_purposes_are_allowed(graph):
    """Each by name."""
    found = asked(graph, "SELECT ?p { ?o odrl:permission/odrl:constraint/odrl:rightOperand ?p }")

    assert found == ["urn:safeconduct:vocab#DisplacementEstimation", "urn:safeconduct:vocab#ServicePlanning"]


def test_dcat_tells_what_is_forbidden(graph):
    """As prohibitions of the offer."""
    found = asked(graph, "SELECT ?p { ?d odrl:hasPolicy/odrl:prohibition/odrl:action ?p }")

    assert found == ["urn:safeconduct:vocab#ImmigrationEnforcement", "urn:safeconduct:vocab#ReIdentification"]


def test_dcat_gives_each_file_its_digest(graph):
    """So that a copy can be compared."""
    assert asked(graph, "SELECT ?c { ?d a dcat:Distribution; spdx:checksum/spdx:checksumValue ?c }") == [
        "6" * 64,
        "7" * 64,
    ]


def test_dcat_dates_have_their_own_sort(graph):
    """A year is no day."""
    sorts = {row[0].datatype.rpartition("#")[2] for row in graph.query(PREFIXES + "SELECT ?d { ?p dcat:startDate ?d }")}

    assert sorts == {"gYear"}


def test_croissant_is_valid(entry):
    """For the checker of those who made the standard."""
    data = mlcroissant.Dataset(jsonld=json.loads(Croissant().write(entry)))

    assert list(data.metadata.issues.errors) == []
    assert list(data.metadata.issues.warnings) == []


def test_croissant_knows_the_columns_of_a_table_with_a_csv(entry):
    """The other table has none."""
    (table,) = json.loads(Croissant().write(entry))["recordSet"]

    assert table["name"] == "members"
    assert [(one["name"], one["dataType"]) for one in table["field"]] == [
        ("hhid", "sc:Text"),
        ("sex", "sc:Integer"),
        ("age", "sc:Integer"),
    ]


def test_croissant_never_points_at_a_file(entry):
    """Files are given to people who were granted them."""
    found = json.loads(Croissant().write(entry))["distribution"]

    assert {one["contentUrl"] for one in found} == {entry.url}


def test_croissant_says_whom_the_data_miss(entry):
    """In the words of responsible AI."""
    assert json.loads(Croissant().write(entry))["rai:dataLimitations"] == "People without an address are missing."
