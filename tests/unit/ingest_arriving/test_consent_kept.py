"""What people agreed to is kept as they said it: a steward's corrections stay away from it."""

import io

import pytest

from safeconduct.ingest.arriving import ArrivalSite, keep, stage
from safeconduct.ingest.survey import Arrived, read
from safeconduct.keys.provider import FileKeys
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import VariableRole
from safeconduct.model.recipe import Step

CONTENT = b"con_Consent,con_ConsentResearch,asked,prs_Title\ntrue,false,true,cook\ntrue,true,true,nurse\n"
FILE = "cases"


@pytest.fixture
def kept(tmp_path):
    """What is kept after corrections."""
    opened = ArrivalSite(
        dataset="cases", intake=tmp_path / "in", store=tmp_path / "store", keys=FileKeys(False, bytes(32))
    )
    contents = read([Arrived(name="cases.csv", size=len(CONTENT), open=lambda: io.BytesIO(CONTENT))])
    staged = stage(contents, opened=opened)
    roles = {FILE: dict.fromkeys(contents.tables[0].file.names, VariableRole.OTHER)}

    def after(*steps, **decided):
        all_roles = {FILE: {**roles[FILE], **decided}}
        return keep(staged, roles=all_roles, corrections=steps).manifest.stored(FILE)

    return after


@pytest.mark.parametrize("step", [
    Step(method="recode_value", columns=("con_ConsentResearch",), file=FILE, parameters={"codes": {"false": "true"}}),
    Step(method="set_missing", columns=("con_Consent",), file=FILE, parameters={"codes": ["false"]}),
    Step(method="rename", columns=("con_ConsentResearch",), file=FILE, parameters={"to": "x"}),
])  # fmt: skip
def test_an_answer_of_consent_cannot_be_corrected(kept, step):
    """Neither changed nor hidden under another name."""
    with pytest.raises(BadInput, match="what people agreed to"):
        kept(step)


def test_another_column_cannot_become_an_answer_of_consent(kept):
    """A yes to something else is no yes to research."""
    with pytest.raises(BadInput, match="what people agreed to"):
        kept(Step(method="rename", columns=("asked",), file=FILE, parameters={"to": "con_ConsentUse"}))


@pytest.mark.parametrize("steps", [(), (Step(method="drop_duplicates", columns=("asked",), file=FILE),)])
def test_an_answer_of_consent_cannot_be_left_behind(kept, steps):
    """Called a direct identifier it would not be kept, and nobody could tell any more who agreed."""
    with pytest.raises(BadInput, match="must stay with their records"):
        kept(*steps, con_ConsentResearch=VariableRole.DIRECT)


def test_rows_may_be_left_out(kept):
    """Those who did not agree, for instance."""
    step = Step(method="drop_rows", columns=("con_Consent", "con_ConsentResearch"), file=FILE,
                parameters={"check": "without_consent"})  # fmt: skip

    assert kept(step).rows == 1
    assert kept().rows == 2
