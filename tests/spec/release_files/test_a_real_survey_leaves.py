"""A real household survey, treated with real methods, through the release check and out in every format."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from safeconduct.model.editions import FileRelease
from safeconduct.model.microdata import RECORD, DataFile, Design, Variable, VariableRole, VariableType
from safeconduct.model.recipe import Recipe, Step
from safeconduct.model.study import Access
from safeconduct.model.table import Table
from safeconduct.protect.plan import recoded, replay
from safeconduct.release.drafting import Origin, TreatedFile, draft
from safeconduct.release.files import publish
from safeconduct.release.gate import findings
from safeconduct.release.verify import verify

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "eusilc.csv"
COLUMNS = {
    "db030": VariableRole.HOUSEHOLD, "db040": VariableRole.GEOGRAPHY, "rb090": VariableRole.QUASI,
    "age": VariableRole.QUASI, "pb220a": VariableRole.QUASI, "rb050": VariableRole.WEIGHT,
    "py010n": VariableRole.SENSITIVE,
}  # fmt: skip
KINDS = {"int64": VariableType.INTEGER, "double": VariableType.NUMBER, "string": VariableType.TEXT}
STEPS = (
    Step(method="remove", columns=("db030",)),
    Step(method="recode", columns=("age",), parameters={"breaks": ["0", "18", "40", "65"]}),
    Step(method="local_suppression", columns=(), parameters={"k": 3}),
    Step(method="sort_rows", columns=()),
)

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real survey lies beside the checkout, and is not there")


@pytest.fixture
def survey():
    """The survey as the engine would give it: record codes, roles, and no direct identifier."""
    read = csv.read_csv(DATA, convert_options=csv.ConvertOptions(include_columns=list(COLUMNS), null_values=["NA", ""]))
    table = Table(read).having(**{RECORD: pa.array(np.arange(read.num_rows))})
    types = {name: KINDS[str(read.schema.field(name).type)] for name in COLUMNS}
    return DataFile(name="people", variables=tuple(Variable(name=one, type=types[one]) for one in COLUMNS)), table


def treated_by(steps, survey, room):
    file, table = survey
    done = list(
        replay(table, file, steps, design=Design.of(COLUMNS), rng_of=lambda place: np.random.default_rng([7, place]))
    )
    recipe = Recipe(dataset="v1", roles={"people": COLUMNS}, steps=steps)
    origin = Origin(
        study=room.study.id, edition=1, access=Access.LICENSED, recipe=recipe, data_version="d" * 64, code="0.1.0"
    )
    one = TreatedFile(file=done[-1].file, table=done[-1].table, original=table, recoded=tuple(sorted(recoded(done))))
    return draft(origin, [one], drafts=room.drafts, keys=room.keys)


def unhappy(room, made):
    return [one.rule for one in findings(made, room.admission(), room.drafts) if not one.passed]


def test_a_rare_household_is_found_by_counting_its_rows(survey, room):
    """Two families of nine in all of the survey: whoever knows one of them has found it."""
    assert unhappy(room, treated_by(STEPS[1:], survey, room)) == ["household_size"]


@pytest.fixture
def treated(survey, room):
    return treated_by(STEPS, survey, room)


def test_a_treated_survey_leaves_under_a_licence(room, treated, tmp_path):
    """Grouped, suppressed, renumbered, shuffled; checked by every rule, and verified by who gets it."""
    assert unhappy(room, treated) == []
    release = room.decide(treated, approvals=1)
    assert isinstance(release, FileRelease)
    edition = publish(
        release, study=room.study, drafts=room.drafts, chests=room.chests, signer=room.signer, documents={},
        inclusion={}, accountable="Data steward", licence="Licensed",
    )  # fmt: skip
    (tmp_path / "had").mkdir()
    (tmp_path / "had" / "manifest.json").write_bytes(edition.manifest)
    for one in edition.files:
        with room.chests.open(one.chest) as file:
            (tmp_path / "had" / one.name).write_bytes(file.read())

    assert verify(tmp_path / "had", key=room.signer.public).real


def test_every_released_row_is_a_row_of_the_survey(room, survey, treated):
    """Known by its code, wherever two shuffles have put it; what no step touched is what it was."""
    _, table = survey
    was = dict(zip(table.column(RECORD), table.column("py010n"), strict=True))
    now = room.drafts.open(treated.content["people"])

    assert dict(zip(now.column(RECORD), now.column("py010n"), strict=True)) == was
