"""The single place where roles, projects, agreements and tokens become yes or no."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from safeconduct.govern.agreements import Agreement, Project
from safeconduct.govern.roles import PERMISSIONS, SAYS, Role
from safeconduct.govern.scopes import lacking, needed_by
from safeconduct.model.advice import ASK_FOR
from safeconduct.model.areas import AreaLevel, TimeGrain
from safeconduct.model.errors import UnknownName
from safeconduct.model.outcomes import Alternative, Refusal
from safeconduct.model.text import Text, say
from safeconduct.query.reading import Reading

IN_THE_AGREEMENT = Text("What may be asked is written in the agreement.")
CLOSED_LEVELS: Mapping[AreaLevel, Text] = {
    AreaLevel.COUNTRY: say("The agreement does not open figures of the whole country."),
    AreaLevel.PROVINCE: say("The agreement does not open areas as small as provinces."),
    AreaLevel.DISTRICT: say("The agreement does not open areas as small as districts."),
    AreaLevel.COMMUNE: say("The agreement does not open areas as small as communes."),
    AreaLevel.SITE: say("The agreement does not open areas as small as single sites."),
}
CLOSED_GRAINS: Mapping[TimeGrain, Text] = {
    TimeGrain.MONTH: say("The agreement does not open figures about a single month."),
    TimeGrain.WEEK: say("The agreement does not open figures about a single week."),
    TimeGrain.DAY: say("The agreement does not open figures about a single day."),
    TimeGrain.HOUR: say("The agreement does not open figures about a single hour."),
}
LONGER: Mapping[TimeGrain, Text] = {
    TimeGrain.MONTH: say("Ask for periods of at least a whole month."),
    TimeGrain.WEEK: say("Ask for periods of at least a whole week."),
    TimeGrain.DAY: say("Ask for periods of at least a whole day."),
    TimeGrain.HOUR: say("Ask for periods of at least a whole hour."),
}


@dataclass(frozen=True)
class Yes:
    """It is allowed."""


@dataclass(frozen=True, kw_only=True)
class No:
    """It is not allowed, and why.

    Attributes:
        reason: Stable id, such as `agreement.level`.
        what: What was asked and is not allowed, in words.
        alternatives: What would be allowed.
    """

    reason: str
    what: Text
    alternatives: tuple[Alternative, ...] = ()

    def refusal(self, agreement: Agreement) -> Refusal:
        """The same no as a refusal card."""
        return Refusal(
            reason=self.reason,
            what=self.what,
            rule=IN_THE_AGREEMENT,
            agreement=say("Set by the agreement '{title}'.", title=agreement.title),
            alternatives=self.alternatives,
        )


def may(permission: str, roles: frozenset[str]) -> Yes | No:
    """Whether somebody with these roles may do this sort of thing; a role nobody knows gives nothing.

    Raises:
        UnknownName: There is no such permission; a verb that names one is broken.
    """
    if permission not in PERMISSIONS:
        raise UnknownName(f"no permission is called {permission[:60]!r}; known: {', '.join(sorted(PERMISSIONS))}")
    if roles & PERMISSIONS[permission]:
        return Yes()
    able = ", ".join(SAYS[role].id for role in Role if role in PERMISSIONS[permission])
    what = say("Your roles do not allow this; it takes one of: {roles_said}.", roles_said=able)
    return No(reason="role.missing", what=what)


@dataclass(frozen=True, kw_only=True)
class _Wish:
    kinds: Sequence[str]
    reading: Reading
    project: Project
    agreement: Agreement
    account: str
    scopes: frozenset[str] | None
    today: date


def may_ask(  # noqa: PLR0913 - a decision is handed every fact it rests on, each by name
    *,
    query_kinds: Sequence[str],
    reading: Reading,
    project: Project,
    agreement: Agreement,
    account: str,
    scopes: frozenset[str] | None,
    today: date,
) -> Yes | No:
    """Whether an agreement in force lets somebody ask a question. Decided without looking at a record.

    Args:
        query_kinds: Every kind in the question, the outermost first, as `query.base.nested` tells them.
        reading: What the question reads, as `query.reading.reads` tells it.
        project: The project the agreement stands in.
        agreement: The agreement.
        account: Opaque id of who asks.
        scopes: What their token narrows them to; `None` without a token. Scopes never widen an agreement.
        today: The day it is, where the site is.
    """
    wish = _Wish(kinds=query_kinds, reading=reading, project=project, agreement=agreement, account=account,
                 scopes=scopes, today=today)  # fmt: skip
    return next((no for check in CHECKS for no in check(wish)), Yes())


def _standing(wish: _Wish) -> Iterator[No]:
    """Whether there is ground to stand on at all."""
    if wish.agreement.project != wish.project.id:
        yield No(reason="agreement.project", what=say("The agreement belongs to another project."))
    if wish.agreement.purpose != wish.project.purpose:
        yield No(
            reason="agreement.purpose",
            what=say("The agreement was made for another purpose than the project now has."),
            alternatives=(Alternative(says=say("Ask the data steward for an agreement for this purpose.")),),
        )
    if wish.account not in wish.agreement.members:
        yield No(
            reason="agreement.member",
            what=say("The agreement does not name you."),
            alternatives=(Alternative(says=say("Ask the data steward to add you to the agreement.")),),
        )


def _time(wish: _Wish) -> Iterator[No]:
    if wish.today > wish.project.until:
        yield No(
            reason="project.ended",
            what=say("The project ended on {until}.", until=wish.project.until.isoformat()),
            alternatives=(Alternative(says=say("Ask the data steward to prolong the project.")),),
        )
    if wish.today > wish.agreement.until:
        yield No(
            reason="agreement.expired",
            what=say("The agreement ended on {until}.", until=wish.agreement.until.isoformat()),
            alternatives=(Alternative(says=say("Ask the data steward for a new agreement.")),),
        )


def _kind(wish: _Wish) -> Iterator[No]:
    for kind in wish.kinds:
        if kind not in wish.agreement.kinds:
            allowed = ", ".join(sorted(wish.agreement.kinds))
            yield No(
                reason="agreement.kind",
                what=say("The agreement does not open questions of the kind {kind}.", kind=kind),
                alternatives=(Alternative(says=say("Kinds it opens: {kinds}.", kinds=allowed)),),
            )


def _level(wish: _Wish) -> Iterator[No]:
    finest = wish.agreement.finest
    if finest.coarser_than(wish.reading.finest):
        yield No(
            reason="agreement.level",
            what=CLOSED_LEVELS[wish.reading.finest],
            alternatives=(Alternative(says=ASK_FOR[finest]),),
        )


def _grain(wish: _Wish) -> Iterator[No]:
    grain = wish.agreement.grain
    if grain.coarser_than(wish.reading.grain):
        yield No(
            reason="agreement.grain",
            what=CLOSED_GRAINS[wish.reading.grain],
            alternatives=(Alternative(says=LONGER[grain]),),
        )


def _days(wish: _Wish) -> Iterator[No]:
    first, last = wish.agreement.first, wish.agreement.last
    if any(not first <= day <= last for day in wish.reading.days):
        yield No(
            reason="agreement.days",
            what=say("The agreement does not open all the days you ask for."),
            alternatives=(
                Alternative(
                    says=say("Ask for days from {first} to {last}.", first=first.isoformat(), last=last.isoformat())
                ),
            ),
        )


def _token(wish: _Wish) -> Iterator[No]:
    if wish.scopes is None:
        return
    if missing := lacking(needed_by(wish.kinds, wish.reading.finest), wish.scopes):
        yield No(
            reason="token.scope",
            what=say("Your token does not cover this question."),
            alternatives=(
                Alternative(says=say("Make a token with the scopes {scopes}.", scopes=", ".join(sorted(missing)))),
            ),
        )


CHECKS: tuple[Callable[[_Wish], Iterator[No]], ...] = (_standing, _time, _kind, _level, _grain, _days, _token)
