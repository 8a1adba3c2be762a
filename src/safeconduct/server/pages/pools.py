"""Pools your organisation hosts, and the form that opens one."""

from safeconduct.actions.pools import PoolLine, PoolView
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Item, Link, empty_state, form, links, listing
from safeconduct.server.forms import Filled, Wrong, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.pooling import HERE, MATCHES, pool_controls, pool_given, pool_page
from safeconduct.server.states import state_says

NEW = f"{HERE}/new"
LEAD = say("Several organisations contribute case files; each sees its own share only; one data set comes of them.")


@page(
    HERE,
    title=say("Pools"),
    menu="data",
    needs="pool",
    about=say(
        "Pools of case files that several organisations contribute to. You read how their columns and codes fit, and "
        "who has signed; you never see a row of anybody's share, nor how many there are."
    ),
)
def show(visit: Visit) -> Reply:
    """Every pool, the latest first."""
    words, found = visit.words, visit.act("pools")
    nothing = empty_state(words, say("There is no pool yet."), action=None)
    body = [
        *done(visit),
        links(words, [Link(say("Open a pool"), NEW)]),
        listing(words, [_line(visit, one) for one in found]) if found else nothing,
    ]
    return Shown(title=say("Pools"), body=body, lead=LEAD)


def _line(visit: Visit, one: PoolLine) -> Item:
    told = say("{study}. {state}", study=one.study, state=visit.words.say(state_says("pool", one.state)))
    return Item(title=Text(one.title), href=pool_page(one.id), says=told, aside=visit.words.day(one.freeze_on))


@page(
    NEW,
    title=say("Open a pool"),
    menu="data",
    needs="pool",
    listed=False,
    about=say(
        "Say what the pool is for, who contributes on which agreement, what every share is brought into, and how "
        "records of one person are found. None of it changes once organisations contribute."
    ),
)
def new(visit: Visit) -> Reply:
    """The form, and the pool it opens."""
    if not visit.posted:
        return _form(visit, {"standard": "htcds", "members_known": "no", "contributor_leaves": "no", "phonetic": "no",
                             "keep": next(iter(_KEEP))}, (), tuple(MATCHES))  # fmt: skip
    made, wrong = attempt(lambda: visit.act("open_pool", **pool_given(visit.form, visit.lists)))
    if made is None:
        return _form(visit, dict(visit.form), wrong, visit.lists.get("match_by", ()))
    found: PoolView = made
    return Goto(pool_page(found.pool.id))


_KEEP = ("the organisation that contributed first",)


def _form(visit: Visit, values: dict[str, str], wrong: Wrong, matched: tuple[str, ...]) -> Shown:
    words, filled = visit.words, Filled(visit.words, values, wrong)
    controls = pool_controls(filled, bases=visit.act("legal_bases"), matched=matched)
    body = [filled.summary(), form(words, *controls, action=NEW, submit=say("Open the pool"), csrf=visit.csrf)]
    return Shown(title=say("Open a pool"), body=body, lead=LEAD, status=422 if wrong else 200)
