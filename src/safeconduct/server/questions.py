"""Forms for questions, made from what each kind declares; a new kind needs no new form."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from markupsafe import Markup

from safeconduct.model.areas import PHONED, AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Choice, Input, Option, beside, choice, field, section
from safeconduct.present.words import Words
from safeconduct.query.base import LATER, AggregateQuery, PersonQuery, Query, query_kind

LABELS: Mapping[str, Text] = {
    "days": say("Days"),
    "areas": say("Areas"),
    "method": say("Which place counts for a day"),
    "hours": say("Part of the day"),
    "events": say("What phones did"),
    "locations": say("Where people were"),
    "origin": say("Where people were first"),
    "destination": say("Where people were later"),
    "join": say("Who counts"),
    "without_flagged": say("Days whose records look odd"),
}
YES, FLAGGED_TOO, UNFLAGGED_ONLY = "yes", say("Read them; the answer says which they are"), say("Leave them out")
VALUES: Mapping[str, Text] = {
    AreaLevel.COUNTRY.value: say("The whole country"),
    AreaLevel.PROVINCE.value: say("Provinces"),
    AreaLevel.DISTRICT.value: say("Districts"),
    AreaLevel.COMMUNE.value: say("Communes"),
    EventType.CALLS.value: say("Calls"),
    EventType.SMS.value: say("Messages"),
    EventType.MDS.value: say("Data sessions"),
    EventType.TOPUPS.value: say("Top-ups"),
    EventType.SIGHTINGS.value: say("Sightings"),
    "last": say("The last place of the day, often home"),
    "most-common": say("The place with most events, often work"),
    "inner": say("People seen both times"),
    "left": say("Everybody seen first, also those not seen later"),
    "right": say("Everybody seen later, also those not seen first"),
    "full": say("Everybody seen at all"),
}
PARTS_OF_DAY: Mapping[str, tuple[Text, Hours | None]] = {
    "": (say("The whole day"), None),
    "night": (say("The night, 20:00 to 06:00"), Hours(20, 6)),
    "day": (say("The day, 08:00 to 18:00"), Hours(8, 18)),
}
Given = Mapping[str, tuple[str, ...]]


def askable() -> list[tuple[str, Text]]:
    """Kinds that can be asked, with their titles."""
    return [(name, kind.title) for name, kind in query_kind.items() if issubclass(kind, AggregateQuery)]


def titled(spec: object) -> Text:
    """What a question is called, by its kind."""
    name = str(spec["kind"]) if isinstance(spec, Mapping) else ""
    return query_kind[name].title if name in query_kind else Text(name)


class QuestionForm:
    """The form of one kind of question.

    Args:
        kind: Name of the kind.
        given: What was filled in, by control; every value of each.
        days: The runs of days to offer, for the first period and for the last.
        types: All types of events the data set can have; where there is one, there is nothing to choose.
    """

    def __init__(
        self, kind: str, *, given: Given, days: tuple[Days, Days], types: frozenset[EventType] = PHONED
    ) -> None:
        self.kind = query_kind[kind]
        self.given = given
        self.days = days
        self.types = types

    def controls(self, words: Words) -> list[Markup]:
        """Every control."""
        return self._controls(words, self.kind, "", self.days[1])

    def spec(self) -> dict[str, object]:
        """The question as filled in."""
        return self._spec(self.kind, "", self.days[1])

    def _controls(self, words: Words, kind: type[Query], prefix: str, days: Days) -> list[Markup]:
        hints = get_type_hints(kind)
        return [
            self._control(words, hints[one.name], prefix, one.name, days, default=one.default)
            for one in sorted(fields(kind), key=lambda one: LATER in one.metadata)  # type: ignore[arg-type]  # kinds are dataclasses; tests/contracts
            if _sort(hints[one.name]) is not EventType or len(self.types) > 1
        ]

    def _control(self, words: Words, hint: Any, prefix: str, name: str, days: Days, *, default: object) -> Markup:
        at, label = f"{prefix}{name}", LABELS.get(name, say(name.replace("_", " ")))
        if _is_query(hint):
            return self._nested(words, at, label, self._offer(name))
        if _sort(hint) is Days:
            return section(words, label, beside(*self._dates(words, at, days)))
        if _sort(hint) is Hours:
            options = [Option(value, says) for value, (says, _) in PARTS_OF_DAY.items()]
            return choice(words, Choice(name=at, label=label, options=options, chosen=self._chosen(at, [""])))
        sort = _sort(hint)
        if sort is bool:
            options = [Option("", FLAGGED_TOO), Option(YES, UNFLAGGED_ONLY)]
            return choice(words, Choice(name=at, label=label, options=options, chosen=self._chosen(at, [""])))
        many = get_origin(hint) is frozenset
        chosen = self._chosen(at, self._defaults(sort, default))
        options = [one for one in _options(sort) if sort is not EventType or one.value in self.types]
        return choice(
            words,
            Choice(name=at, label=label, options=options, chosen=chosen, sort="many" if many else "list"),
        )

    def _offer(self, name: str) -> Days:
        """The earlier days for where people were first, the later ones for everything else."""
        return self.days[0] if name == "origin" else self.days[1]

    def _nested(self, words: Words, at: str, label: Text, days: Days) -> Markup:
        kinds = _nestable()
        chosen = self._kind_at(at)
        options = [Option(name, kind.title) for name, kind in kinds.items()]
        pick = choice(words, Choice(name=f"{at}.kind", label=say("Which place"), options=options, chosen=[chosen]))
        return section(words, label, pick, *self._controls(words, kinds[chosen], f"{at}.", days))

    def _kind_at(self, at: str) -> str:
        kinds = _nestable()
        asked = self._one(f"{at}.kind", "modal_location")
        return asked if asked in kinds else next(iter(kinds))

    def _dates(self, words: Words, at: str, days: Days) -> list[Markup]:
        return [
            field(words, Input(name=f"{at}.{end}", label=says, sort="date", value=self._one(f"{at}.{end}", str(day))))
            for end, says, day in (("first", say("First day"), days.first), ("last", say("Last day"), days.last))
        ]

    def _spec(self, kind: type[Query], prefix: str, days: Days) -> dict[str, object]:
        hints = get_type_hints(kind)
        tree: dict[str, object] = {"kind": kind.name}
        for one in fields(kind):  # type: ignore[arg-type]  # kinds are dataclasses; tests/contracts
            tree[one.name] = self._value(hints[one.name], f"{prefix}{one.name}", one.name, days, one.default)
        return tree

    def _value(self, hint: Any, at: str, name: str, days: Days, default: object) -> object:
        if _is_query(hint):
            return self._spec(_nestable()[self._kind_at(at)], f"{at}.", self._offer(name))
        if _sort(hint) is Days:
            return {"first": self._one(f"{at}.first", str(days.first)), "last": self._one(f"{at}.last", str(days.last))}
        if _sort(hint) is Hours:
            _, hours = PARTS_OF_DAY.get(self._one(at, ""), PARTS_OF_DAY[""])
            return None if hours is None else {"start": hours.start, "end": hours.end}
        if _sort(hint) is bool:
            return self._one(at, "") == YES
        chosen = self._chosen(at, self._defaults(_sort(hint), default))
        return list(chosen) if get_origin(hint) is frozenset else (chosen[0] if chosen else None)

    def _defaults(self, sort: Any, default: object) -> list[str]:
        """What is chosen to begin with; of event types all that the data set can have."""
        return sorted(self.types) if sort is EventType else _defaults(default)

    def _one(self, name: str, default: str) -> str:
        values = self.given.get(name, ())
        return values[-1] if values else default

    def _chosen(self, name: str, default: Sequence[str]) -> Sequence[str]:
        return self.given.get(name, ()) or default


def _nestable() -> dict[str, type[Query]]:
    return {name: kind for name, kind in reversed(list(query_kind.items())) if issubclass(kind, PersonQuery)}


def _is_query(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Query)


def _sort(hint: Any) -> Any:
    """What a parameter holds, without the tuple, set or `None` around it."""
    origin = get_origin(hint)
    if origin in {tuple, frozenset}:
        return get_args(hint)[0]
    if origin in {UnionType, Union}:
        return next(one for one in get_args(hint) if one is not type(None))
    return hint


def _options(sort: Any) -> list[Option]:
    hidden = {AreaLevel.SITE.value}
    members: list[str] = [str(one.value) for one in sort] if isinstance(sort, type) and issubclass(sort, Enum) else []
    return [Option(one, VALUES.get(one, say(one))) for one in members if one not in hidden]


def _defaults(default: object) -> list[str]:
    if isinstance(default, Enum):
        return [str(default.value)]
    if isinstance(default, frozenset):
        return sorted(str(one.value) for one in default)
    return []


def offered(present: Sequence[date]) -> tuple[Days, Days]:
    """Two runs of days to start from: the earlier and the later half, of at most fourteen days each."""
    if not present:
        today = date(2026, 1, 1)
        return Days.one(today), Days.one(today)
    middle = len(present) // 2
    early, late = present[:middle] or present, present[middle:]
    return Days(early[-14:][0], early[-1]), Days(late[0], late[:14][-1])
