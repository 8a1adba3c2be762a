"""Pools your organisation was invited to."""

from safeconduct.actions.contributing import ShareLine
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Item, empty_state, listing
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.pooling import MINE, share_page
from safeconduct.server.states import state_says


@page(
    MINE,
    title=say("Our shares of pools"),
    menu="data",
    needs="contribute",
    about=say(
        "Pools your organisation was invited to. You see your own share and nothing of anybody else's; you may "
        "withdraw until the pool is frozen."
    ),
)
def show(visit: Visit) -> Reply:
    """Every invitation, the latest first."""
    words, found = visit.words, visit.act("my_pools")
    nothing = empty_state(words, say("Your organisation was not invited to a pool yet."), action=None)
    lead = say("You see your own share only. Nobody of the others sees yours.")
    return Shown(title=say("Our shares of pools"), lead=lead,
                 body=[listing(words, [_line(visit, one) for one in found]) if found else nothing])  # fmt: skip


def _line(visit: Visit, one: ShareLine) -> Item:
    return Item(title=Text(one.title), href=share_page(one.pool), says=state_says("contribution", one.state),
                aside=visit.words.day(one.freeze_on))  # fmt: skip
