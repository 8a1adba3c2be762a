"""Surveys on servers: which are pulled, what came of the last pull, and the form that connects another."""

from collections.abc import Mapping

from markupsafe import Markup

from safeconduct.actions.survey_servers import ConnectionLine
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Link, Option, button, empty_state, form, links, plain_table, section
from safeconduct.server.deposits import deposit_controls, deposit_given
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.steps import deposit_address

HERE = "/data/servers"
CAME: Mapping[str, Text] = {
    "not yet": say("Not pulled yet"),
    "brought": say("A deposit was made"),
    "nothing new": say("Nothing was new"),
    "waits": say("Waits until the last deposit is decided"),
    "failed": say("It could not be pulled"),
}
BEGIN = {"owner": "own organisation", "every_hours": "0"}
WHEN = {"active": say("On your word only"), "paused": say("Paused")}
COLUMNS = (
    say("Survey"), say("Server"), say("Last pull"), say("New"), say("Edited"), say("Deleted there"), say("Next pull"),
    say("What you can do"),
)  # fmt: skip


@page(
    HERE,
    title=say("Surveys on servers"),
    menu="data",
    needs="deposit",
    about=say(
        "Interviews that are pulled from KoboToolbox or ODK Central, when somebody says so or by the clock. Each pull "
        "that finds something new makes a deposit of everything there is now: edited interviews take the place of the "
        "old ones, deleted ones are gone. Where people withdrew and were deleted there, erase them here too."
    ),
)
def show(visit: Visit) -> Reply:
    """Every survey that is pulled, and the form that connects one."""
    wrong: Wrong = ()
    if visit.posted:
        _, wrong = attempt(lambda: _do(visit))
        if not wrong:
            return after(HERE, "saved")
    words = visit.words
    lines: list[ConnectionLine] = visit.act("surveys_connected")
    filled = Filled(
        words, dict(visit.form) if visit.posted else {"owner": "own organisation", "every_hours": "0"}, wrong
    )
    nothing = empty_state(words, say("No survey is pulled from a server."), action=None)
    body = [
        *done(visit),
        filled.summary(),
        section(words, say("Surveys that are pulled"), _table(visit, lines) if lines else nothing),
        section(words, say("Connect a survey"), _form(visit, filled), id="connect"),
    ]
    lead = say("Nothing of an interview is written down unencrypted on its way from the server.")
    return Shown(title=say("Surveys on servers"), body=body, lead=lead, status=422 if wrong else 200)


def _do(visit: Visit) -> object:
    given = visit.form
    if one := given.get("pull"):
        return visit.act("pull_survey", connection=one)
    if one := given.get("pause"):
        return visit.act("pause_survey", connection=one)
    if one := given.get("resume"):
        return visit.act("pause_survey", connection=one, paused=False)
    if one := given.get("disconnect"):
        return visit.act("disconnect_survey", connection=one)
    said = deposit_given(given, ())
    said = {name: value for name, value in said.items() if name not in {"uploads", "hints", "wave_of"}}
    hours = given.get("every_hours", "0").strip()
    return visit.act("connect_survey", server=given.get("server", ""), form=given.get("form", "").strip(),
                     every_hours=int(hours) if hours.isdecimal() else -1, **said)  # fmt: skip


def _table(visit: Visit, lines: list[ConnectionLine]) -> Markup:
    rows = [_row(visit, one) for one in lines]
    return plain_table(visit.words, list(COLUMNS), rows, caption=say("Surveys on servers"))


def _row(visit: Visit, one: ConnectionLine) -> list[Text | str | Markup]:
    words = visit.words
    when = Markup("{} {}").format(words.say(_came(one)), words.moment(one.at) if one.at else "")
    named = links(words, [Link(one.title, deposit_address(one.deposit))], quiet=True) if one.deposit else one.title
    due = words.moment(one.next) if one.next else WHEN[one.state]
    counts = [words.number(number) for number in (one.new, one.edited, one.deleted)]
    return [named, one.server, when, *counts, due, _buttons(visit, one)]


def _came(one: ConnectionLine) -> Text:
    if one.work is not None and one.work.waits:
        return say("Being pulled")
    return one.why if one.why.id else CAME[one.came.value]


def _buttons(visit: Visit, one: ConnectionLine) -> Markup:
    turn = ("resume", say("Go on")) if one.state == "paused" else ("pause", say("Pause"))
    every = [("pull", say("Pull now")), turn, ("disconnect", say("Disconnect"))]
    return Markup("").join(
        button(visit.words, says, action=HERE, csrf=visit.csrf, values={name: one.id}, tone="quiet")
        for name, says in every
    )


def _form(visit: Visit, filled: Filled) -> Markup:
    words, names = visit.words, visit.act("survey_servers")
    if not names:
        return empty_state(words, say("The settings of this site name no server; its engineer adds them."), action=None)
    controls = [
        filled.pick("server", say("Server"), [Option(one, one) for one in names]),
        filled.text("form", say("Id of the form"), bounds={"maxlength": "220"},
                    hint=say("Kobo: what stands in the form's address. ODK Central: project number, / and form id.")),
        filled.text("every_hours", say("Hours from one pull to the next"), sort="number",
                    bounds={"min": "0", "max": "2160"}, hint=say("0 pulls on your word only.")),
        *deposit_controls(filled, uploads=(), bases=visit.act("legal_bases"), studies=()),
    ]  # fmt: skip
    return form(words, *controls, action=HERE, submit=say("Connect"), csrf=visit.csrf)
