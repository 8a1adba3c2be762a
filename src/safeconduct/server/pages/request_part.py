"""One part of a request for files: asked, kept, and on to the next."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from safeconduct.actions.applications import RequestView
from safeconduct.model.errors import NotFound
from safeconduct.model.microdata import Column
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Link, StepLine, StepState, form, links, stepper
from safeconduct.server.addresses import request_page, variable_parts
from safeconduct.server.applying import PARTS, FormPart, Written, after, part_of, values_of
from safeconduct.server.forms import Filled, Wrong, attempt
from safeconduct.server.page import Goto, Reply, Shown, Visit, page

OVERVIEW = "overview"


@page(
    "/projects/requests/{request}/{part}",
    title=say("Ask for files"),
    menu="projects",
    needs="request",
    listed=False,
    about=say(
        "One part of a request. What you write is kept even where something is still missing; nobody decides about "
        "it before you send it."
    ),
)
def show(visit: Visit) -> Reply:
    """A part of the form; what was sent is kept even where something is still missing."""
    part = part_of(visit.parts["part"])
    if part is None:
        raise NotFound(say("The form has no such part."))
    wrong: Wrong = ()
    if visit.posted:
        _, wrong = attempt(lambda: _kept(visit, part))
        if not wrong:
            return Goto(_following(visit, part))
    view: RequestView = visit.act("request_state", request=visit.parts["request"])
    checked = [(one.field, one.says) for one in view.problems if one.field in part.fields]
    shown = wrong or (checked if "check" in visit.query else ())
    return Shown(title=part.title, body=_body(visit, view, part, shown), status=422 if wrong else 200)


def _following(visit: Visit, part: FormPart) -> str:
    """The next part, or the whole of it."""
    following = "" if visit.query.get("then") == OVERVIEW else after(part.name)
    return request_page(visit.parts["request"], following)


def _kept(visit: Visit, part: FormPart) -> RequestView:
    fields: Written = part.reads(visit.form, visit.lists)
    team = fields.pop("team", None)
    if visit.form.get("from_basket") == "yes":
        fields["variables"] = _with_basket(visit, fields["variables"])
    told: dict[str, object] = {"request": visit.parts["request"], "fields": fields}
    view: RequestView = visit.act("write_request", **told, **({"team": team} if team else {}))
    return view


def _with_basket(visit: Visit, chosen: object) -> list[Mapping[str, str]]:
    """What was ticked, and what the basket holds of the same study."""
    view: RequestView = visit.act("request_state", request=visit.parts["request"])
    held: Sequence[Column] = visit.act("basket")
    parts = [(*variable_parts(one.file)[:2], one.name) for one in held]
    mine = [{"file": file, "name": name} for study, file, name in parts if study == view.request.study]
    before = list(chosen) if isinstance(chosen, list) else []
    return [*before, *(one for one in mine if one not in before)]


def _body(visit: Visit, view: RequestView, part: FormPart, wrong: Wrong) -> list[Markup]:
    words, here = visit.words, request_page(view.request.id, part.name)
    values = visit.form if visit.posted else values_of(view)
    filled = Filled(words, values, wrong)
    asked = form(
        words,
        *part.shows(view, filled),
        action=here,
        submit=say("Save and continue"),
        csrf=visit.csrf,
        second=(f"{here}?then={OVERVIEW}", say("Save and see the whole request")),
        half_done=True,
    )
    back = links(words, [Link(say("The whole request, without saving"), request_page(view.request.id))], quiet=True)
    return [filled.summary(), stepper(words, _steps(view, part), label=say("Parts of the request")), asked, back]


def _steps(view: RequestView, now: FormPart) -> list[StepLine]:
    open_fields = {one.field for one in view.problems}
    return [
        StepLine(
            title=one.title,
            state=_state(one, now, open_fields),
            href="" if one is now else request_page(view.request.id, one.name),
            says=_says(one, now, open_fields),
        )
        for one in PARTS
    ]


def _state(one: FormPart, now: FormPart, open_fields: set[str]) -> StepState:
    if one is now:
        return StepState.NOW
    return StepState.LATER if open_fields & set(one.fields) else StepState.DONE


def _says(one: FormPart, now: FormPart, open_fields: set[str]) -> Text | str:
    return say("Something is missing") if one is not now and open_fields & set(one.fields) else ""
