"""One pool as its host sees it: who is where, how shares fit, the treatment plan, comparing, freezing, closing."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from safeconduct.actions.pools import PoolView
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Choice, Link, Option
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.pooling import HERE, LOOK_AGAIN_S, agreed, organisations_in, pool_page
from safeconduct.server.states import state_says, where
from safeconduct.server.steps import study_address

Rows = list[list[Text | str | Markup]]


@page(
    f"{HERE}/{{pool}}",
    title=say("Pool"),
    menu="data",
    needs="pool",
    listed=False,
    about=say(
        "Where each organisation stands and how its columns and codes fit the standard and the others. Compare the "
        "shares when everybody has contributed, then wait for their signatures, then freeze. Freezing cannot be undone."
    ),
)
def show(visit: Visit) -> Reply:
    """One pool."""
    wrong: Wrong = ()
    if visit.posted:
        reply, wrong = attempt(lambda: _changed(visit))
        if reply is not None:
            return reply
    found: PoolView = visit.act("pool_state", pool=visit.parts["pool"])
    busy = found.work is not None and found.work.waits
    body = [
        *done(visit),
        blocks.error_summary(visit.words, wrong),
        where(visit, "pool", found.pool.state, since=found.since),
        *_working(visit, found),
        *_next(visit, found),
        blocks.section(visit.words, say("Organisations"), *_members(visit, found)),
        blocks.section(visit.words, say("How the shares fit"), *_fit(visit, found)),
        blocks.section(visit.words, say("Treatment plan"), *_plan(visit, found)),
        blocks.section(visit.words, say("What was agreed"), agreed(visit.words, found)),
        *_undo(visit, found),
    ]
    return Shown(title=Text(found.pool.title), body=body, refresh_s=LOOK_AGAIN_S if busy else 0,
                 status=409 if wrong else 200)  # fmt: skip


def _changed(visit: Visit) -> Goto:
    pool, form = visit.parts["pool"], visit.form
    acts: Mapping[str, Callable[[], object]] = {
        "compare": lambda: visit.act("compare_shares", pool=pool),
        "freeze": lambda: visit.act("freeze_pool", pool=pool),
        "close": lambda: visit.act("close_pool", pool=pool),
        "plan": lambda: visit.act("plan_pool", pool=pool, steps=_steps(visit)),
        "invite": lambda: visit.act(
            "invite_to_pool", pool=pool, organisations=organisations_in(form.get("organisations", ""))
        ),
    }
    do = form.get("do", "")
    if do in acts:
        acts[do]()
    return after(pool_page(pool), "begun" if do in {"compare", "freeze"} else "saved")


def _steps(visit: Visit) -> list[dict[str, object]]:
    """The plan the form asks for: columns that are taken out, then nobody alone.

    Raises:
        BadInput: The number is none.
    """
    text = visit.form.get("k", "").strip()
    if not (text.isascii() and text.isdigit() and int(text) > 1):
        raise BadInput(say("Say how many records must be alike: a whole number, at least 2."), field="k")
    gone = [one for one in visit.lists.get("remove", ()) if one]
    removed: list[dict[str, object]] = (
        [{"method": "remove", "columns": gone, "parameters": {}, "why": "too telling for a pool"}] if gone else []
    )
    alone: dict[str, object] = {
        "method": "local_suppression",
        "columns": [],
        "parameters": {"k": int(text)},
        "why": "nobody alone",
    }
    return [*removed, alone]


def _working(visit: Visit, found: PoolView) -> list[Markup]:
    words, work = visit.words, found.work
    if work is None or work.state == "done":
        return []
    if work.waits:
        return [blocks.progress(words, step=work.step, steps=work.steps, says=work.says)]
    return [blocks.notice(words, work.says, tone="problem", title=say("The last step did not work"))]


def _next(visit: Visit, found: PoolView) -> list[Markup]:
    """What can be done now."""
    words, address = visit.words, pool_page(found.pool.id)
    if found.pool.state in {"frozen", "published"}:
        return [blocks.links(words, [Link(say("Go on with the study"), study_address(found.pool.study))])]
    if "compare" not in found.can:
        return []
    left = say("The shares can be compared {count} more times. It takes three organisations that contributed.",
               count=found.comparisons_left)  # fmt: skip
    compare = blocks.button(words, say("Compare the shares"), action=address, csrf=visit.csrf, values={"do": "compare"})
    signed = sum(one.state == "signed_off" for one in found.members)
    said = say("{count} organisations have signed off. It takes three, and the day: {day}.", count=signed,
               day=words.day(found.pool.freeze_on))  # fmt: skip
    freeze = blocks.button(words, say("Freeze the pool"), action=address, csrf=visit.csrf, values={"do": "freeze"},
                           tone="quiet")  # fmt: skip
    return [blocks.paragraph(words, left), compare, blocks.paragraph(words, said), freeze]


def _members(visit: Visit, found: PoolView) -> list[Markup]:
    words = visit.words
    rows: Rows = [
        [one.organisation, state_says("contribution", one.state), words.day(one.since.date())]
            for one in found.members]  # fmt: skip
    columns = (say("Organisation"), say("Where it is"), say("Since"))
    table = blocks.plain_table(words, columns, rows, caption=say("Invited organisations"))
    if "invite" not in found.can:
        return [table]
    filled = Filled(words, {})
    asked = filled.text("organisations", say("Organisations"), sort="textarea", hint=say("One a line."))
    more = blocks.form(words, blocks.hidden("do", "invite"), asked, action=pool_page(found.pool.id),
                       submit=say("Invite"), csrf=visit.csrf)  # fmt: skip
    return [table, blocks.details(words, say("Invite more, or again"), more)]


def _fit(visit: Visit, found: PoolView) -> list[Markup]:
    words = visit.words
    if not found.fields:
        return [blocks.paragraph(words, say("Nobody has contributed yet."))]
    parts = []
    if found.conflicts:
        rows: Rows = [[one.field, one.says, ", ".join(one.organisations)] for one in found.conflicts]
        columns = (say("Field"), say("What differs"), say("Between"))
        parts.append(blocks.plain_table(words, columns, rows, caption=say("Where shares do not fit each other")))
    strange: Rows = [[one.organisation, one.field] for one in found.fields if one.strange_codes]
    if strange:
        heads = (say("Organisation"), say("Field"))
        parts.append(blocks.plain_table(words, heads, strange, caption=say("Codes outside the standard's lists")))
    return parts or [blocks.paragraph(words, say("Every column and code fits."))]


def _plan(visit: Visit, found: PoolView) -> list[Markup]:
    words = visit.words
    told = [blocks.sentences(words, found.says)] if found.says else [
        blocks.paragraph(words, say("There is none yet: contributors cannot see what would leave."))
    ]  # fmt: skip
    if "plan" not in found.can:
        return told
    fields = list(dict.fromkeys(one.field for one in found.fields))
    gone = [name for step in found.steps if step.method == "remove" for name in step.columns]
    remove = Choice(name="remove", label=say("Columns to take out"), sort="many", chosen=gone,
                    options=[Option(one, one) for one in fields])  # fmt: skip
    least = Filled(words, {"k": "5"}).text(
        "k",
        say("Records that must be alike"),
        sort="number",
        hint=say("Values are emptied until every combination is shared so often."),
    )
    asked = blocks.form(words, blocks.hidden("do", "plan"), *([blocks.choice(words, remove)] if fields else []), least,
                        action=pool_page(found.pool.id), submit=say("Write the plan"), csrf=visit.csrf)  # fmt: skip
    warned = say("Whoever signed off has to look again when the plan changes.")
    return [*told, blocks.details(words, say("Write the plan"), blocks.paragraph(words, warned), asked)]


def _undo(visit: Visit, found: PoolView) -> list[Markup]:
    if "close" not in found.can or found.pool.state != "open":
        return []
    words = visit.words
    warned = blocks.paragraph(words, say("Every share is destroyed and cannot be brought back."))
    button = blocks.button(words, say("Close the pool"), action=pool_page(found.pool.id), csrf=visit.csrf,
                           values={"do": "close"}, tone="danger")  # fmt: skip
    return [blocks.details(words, say("Close it without a publication"), warned, button)]
