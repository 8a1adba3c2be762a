"""What a sample of phone records is made from."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from safeconduct.model.errors import BadInput
from safeconduct.model.text import say

MOST_PEOPLE = 10_000_000
MOST_DAYS = 366
MOST_STRICKEN = 6
MOST_EVENTS = 200
WINDOW = 14


@dataclass(frozen=True, kw_only=True)
class CdrSample:
    """The parameters of a sample; the same parameters make the same bytes.

    Attributes:
        people: People with a phone, 1 to 10,000,000. Memory grows with them, by about half a kilobyte each.
        days: Days of records, 1 to 366.
        first: First day, in the local time of the layout's zone.
        seed: At least 0; another seed is other people in the same country.
        events_per_day: Mean of all records of a person and day, above 0; few people are much above it, many below.
        disaster_day: Index of the day of the disaster, 0 being the first. From `days` on, the sample ends before it.
        displaced: Share of the residents of each stricken district that leave it on the disaster's day, 0 to 1.
        stricken: Number of stricken districts, 0 to 6.
        returning: Share of the displaced that go home again some days later, 0 to 1.
        relocating: Share of everyone else that moves to another district on some day of their own, 0 to 1.
        outages: Share of sites that fall silent for some hours of a day, 0 to 1.

    Raises:
        BadInput: A parameter is out of its range; the message names it.

    Example:
        >>> str(CdrSample(days=28).disaster)
        '2026-01-19'
    """

    people: int = 20_000
    days: int = 28
    first: date = date(2026, 1, 5)
    seed: int = 7
    events_per_day: float = 4.5
    disaster_day: int = 14
    displaced: float = 0.35
    stricken: int = 2
    returning: float = 0.0
    relocating: float = 0.003
    outages: float = 0.01

    def __post_init__(self) -> None:
        _whole("people", self.people, 1, MOST_PEOPLE)
        _whole("days", self.days, 1, MOST_DAYS)
        _whole("seed", self.seed, 0, 2**32 - 1)
        _whole("disaster_day", self.disaster_day, 0, 10 * MOST_DAYS)
        _whole("stricken", self.stricken, 0, MOST_STRICKEN)
        for name in ("displaced", "returning", "relocating", "outages"):
            if not 0 <= getattr(self, name) <= 1:
                raise BadInput(say("{name} is a share, from 0 to 1", name=name), field=name)
        if not 0 < self.events_per_day <= MOST_EVENTS:
            raise BadInput(
                say("events_per_day is above 0 and at most {most}", most=MOST_EVENTS), field="events_per_day"
            )

    @property
    def struck(self) -> bool:
        """Whether the disaster falls on one of the sample's days and strikes a district."""
        return self.disaster_day < self.days and self.stricken > 0

    @property
    def disaster(self) -> date:
        """The day of the disaster, whether or not the sample reaches it."""
        return self.day(self.disaster_day)

    def day(self, index: int) -> date:
        """The calendar day of an index."""
        return self.first + timedelta(days=index)

    def to_json(self) -> dict[str, object]:
        """The parameters, the first day in ISO form."""
        return asdict(self) | {"first": self.first.isoformat()}


def _whole(name: str, value: object, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadInput(
            say("{name} is a whole number from {least} to {most}", name=name, least=least, most=most), field=name
        )
