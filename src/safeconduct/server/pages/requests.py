"""Requests for files: one's own, and those that wait for whoever looks."""

from collections.abc import Sequence

from markupsafe import Markup

from safeconduct.actions.applications import RequestLine
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Item, Link, empty_state, listing, section
from safeconduct.server.addresses import request_page
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.states import state_says

WAITING, MOST = "submitted", 200


@page(
    "/projects/requests",
    title=say("Requests"),
    menu="projects",
    needs="look",
    about=say("Requests for files: yours, and those you decide about. Those that wait for you come first."),
)
def show(visit: Visit) -> Reply:
    """Every request the visitor is part of, or may decide; those that wait for them first."""
    found: list[RequestLine] = visit.act("requests")
    waiting = [one for one in found if not one.mine and one.state == WAITING and visit.may("decide")]
    mine = [one for one in found if one.mine]
    others = [one for one in found if not one.mine and one not in waiting]
    parts = ((say("They wait for your vote"), waiting), (say("Your requests"), mine), (say("Other requests"), others))
    body = [_part(visit, title, lines) for title, lines in parts if lines]
    return Shown(title=say("Requests for files"), body=body or [_nothing(visit)])


def _part(visit: Visit, title: Text, lines: Sequence[RequestLine]) -> Markup:
    items = [
        Item(
            title=say("{study}, edition {number}: {organisation}", study=one.study, number=one.edition,
                      organisation=one.organisation or "…"),
            href=request_page(one.id),
            says=state_says("request", one.state),
            aside=visit.words.day(one.since.date()),
        )
        for one in lines[:MOST]
    ]  # fmt: skip
    return section(visit.words, title, listing(visit.words, items))


def _nothing(visit: Visit) -> Markup:
    if visit.may("request"):
        search = Link(say("Search the catalogue"), "/catalogue")
        return empty_state(visit.words, say("You have asked for nothing yet. Find a study first."), action=search)
    return empty_state(visit.words, say("There is no request."), action=None)
