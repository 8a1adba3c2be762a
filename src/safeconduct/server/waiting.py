"""What waits for whoever looks, by what they may do; told on the first page."""

from collections.abc import Iterable, Iterator

from safeconduct.actions.applications import RequestLine
from safeconduct.actions.contributing import ShareLine
from safeconduct.actions.depositing import DepositLine
from safeconduct.actions.licensing import LicenceView
from safeconduct.actions.messages import Message
from safeconduct.actions.pools import PoolLine
from safeconduct.actions.reviewing import ReviewLine
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Item
from safeconduct.server.addresses import licence_page, request_page, review_page
from safeconduct.server.answers import waiting_answers
from safeconduct.server.page import Visit
from safeconduct.server.pooling import pool_page, share_page
from safeconduct.server.states import state_says

MOST = 10
CHECKS = frozenset({"vote", "approve", "reject"})
MINE = frozenset({"draft", "returned"})
TO_DECIDE = frozenset({"read", "decided"})


def waiting(visit: Visit) -> list[Item]:
    """Everything that waits for the visitor, the longest wait first within each kind."""
    found = [
        *_messages(visit), *_reviews(visit), *waiting_answers(visit), *_requests(visit), *_licences(visit),
        *_deposits(visit), *_shares(visit), *_pools(visit),
    ]  # fmt: skip
    return found[: 4 * MOST]


def _messages(visit: Visit) -> Iterator[Item]:
    new: list[Message] = [one for one in visit.act("messages") if one.new]
    if new:
        title = say("Messages you have not read: {count}", count=len(new))
        yield Item(title=title, href="/today/messages", aside=visit.words.day(new[0].at.date()))


def _reviews(visit: Visit) -> Iterator[Item]:
    found: list[ReviewLine] = visit.act("reviews") if visit.may("measure") else []
    for one in [line for line in found if CHECKS & set(line.can)][:MOST]:
        yield Item(
            title=say("Check the edition {edition}", edition=one.id),
            href=review_page(one.id),
            says=state_says("edition", one.state),
            aside=visit.words.day(one.since.date()),
        )


def _requests(visit: Visit) -> Iterator[Item]:
    found: list[RequestLine] = visit.act("requests")
    waits = [one for one in found if (one.mine and one.state in MINE) or _to_decide(visit, one)]
    for one in waits[:MOST]:
        title = say("Go on with your request for {study}", study=one.study) if one.mine else say(
            "Decide the request for {study}", study=one.study
        )  # fmt: skip
        aside = visit.words.day(one.since.date())
        yield Item(title=title, href=request_page(one.id), says=state_says("request", one.state), aside=aside)


def _to_decide(visit: Visit, one: RequestLine) -> bool:
    return not one.mine and one.state == "submitted" and visit.may("decide")


def _licences(visit: Visit) -> Iterator[Item]:
    found: list[LicenceView] = visit.act("my_licences") if visit.may("receive") else []
    for one in [view for view in found if view.licence.state == "offered" or view.destroy_by][:MOST]:
        yield Item(
            title=say("Your licence for {study}", study=one.licence.study),
            href=licence_page(one.licence.id),
            says=state_says("licence", one.licence.state),
            aside=visit.words.day(one.destroy_by or one.licence.until),
        )


def _shares(visit: Visit) -> list[Item]:
    found: list[ShareLine] = visit.act("my_pools") if visit.may("contribute") else []
    return _of_pools(visit, (
        (one, say("Your share of the pool “{title}”", title=one.title), share_page(one.pool)) for one in found
    ))  # fmt: skip


def _pools(visit: Visit) -> list[Item]:
    found: list[PoolLine] = visit.act("pools") if visit.may("pool") else []
    return _of_pools(visit, (
        (one, say("Go on with the pool “{title}”", title=one.title), pool_page(one.id)) for one in found
    ))  # fmt: skip


def _of_pools(visit: Visit, lines: Iterable[tuple[ShareLine | PoolLine, Text, str]]) -> list[Item]:
    """Those of the lines that wait, with their titles and addresses."""
    return [
        Item(title=title, href=href, says=one.waits, aside=visit.words.day(one.since.date()))
        for one, title, href in lines
        if one.waits is not None and one.since is not None
    ][:MOST]


def _deposits(visit: Visit) -> Iterator[Item]:
    found: list[DepositLine] = visit.act("deposits") if visit.may("curate") else []
    waits = [one for one in found if one.state in TO_DECIDE or (one.mine and one.state == "failed")]
    for one in waits[:MOST]:
        yield Item(
            title=say("Go on with the deposit “{title}”", title=one.title),
            href=f"/data/deposits/{one.id}",
            says=state_says("deposit", one.state),
            aside=visit.words.day(one.at.date()),
        )
