"""The next wave of a survey: the treatment plan of the last one, taken over as far as its columns are still there."""

from dataclasses import dataclass

from safeconduct.actions.deposits_held import held_in
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.treating import PlanView, plan_of, plan_view
from safeconduct.actions.verb import action
from safeconduct.ingest.waves import WaveDifference, carry, inherit
from safeconduct.model.canonical import Json
from safeconduct.model.errors import WrongState
from safeconduct.model.text import say
from safeconduct.model.trees import to_tree


@dataclass(frozen=True, kw_only=True)
class PlanTaken:
    """A plan that was taken over from the last wave.

    Attributes:
        plan: The plan as it is now; it must be tried before anything is made with it.
        left_out: Steps that could not be taken over, and why.
    """

    plan: PlanView
    left_out: tuple[WaveDifference, ...]


@action(needs="propose", repeatable=True)
def inherit_plan(room: Room, *, study: str) -> PlanTaken:
    """Take over the treatment plan of the wave before, for the records of this one.

    Whoever wrote the plan then is its author now too, and so never the one who checks what comes of it. A plan that
    somebody began for this wave is not written over.

    Args:
        study: Id of the study; its deposit named the study it is a wave of.
    """
    before = wave_before(room.site, study)
    now, last = room.site.microdata(study), room.site.microdata(before)
    recipe, then = plan_of(room.site, before)
    steps, left_out = carry(recipe.steps, inherit(last.data_files, last.roles, now.data_files))
    with room.write() as act:
        begun, authors = plan_of(room.site, study)
        if begun.steps:
            raise WrongState(say("There is a treatment plan for this study already; take its steps out first."))
        body: dict[str, Json] = {
            "steps": room.site.documents.put([to_tree(one) for one in steps]),
            "authors": sorted({*authors, *then, room.caller.account}),
        }
        act.tx.put("plan", study, body, at=room.now)
        act.record(study, {"from": before, "steps": [one.method for one in steps], "document": body["steps"]})
    return PlanTaken(plan=plan_view(room, study), left_out=left_out)


def wave_before(site: Site, study: str) -> str:
    """The study whose last wave the records of this one follow.

    Raises:
        NotFound: No records of this study are kept.
        WrongState: Its deposit named none.
    """
    site.microdata(study)
    fact = site.ledger.fact("microdata", study)
    before = held_in(site, str(fact.body["deposit"])).wave_of if fact else ""
    if before in {"", study}:
        raise WrongState(say("This study follows no other one, so there is no plan to take over."))
    return before
