"""How many people there are."""

from typing import ClassVar

from safeconduct.ingest.quality import Counted, Limits, Unit, quality_check
from safeconduct.model.areas import EventType
from safeconduct.model.text import Text, say

MEANS = say("Far fewer or more people than on such days before: files of a region or an exchange may be missing.")
ADVICE = say("Look which cells are silent, and ask the operator.")
TWO_WAYS = frozenset({EventType.CALLS, EventType.SMS})
USUAL = Limits(notice_below=0.7, notice_above=1.5, warning_below=0.5, warning_above=2.0)


@quality_check
class CountMsisdns(Counted):
    """Distinct numbers, those of other parties of calls and messages among them where they are kept."""

    name: ClassVar[str] = "count_msisdns"
    title: ClassVar[Text] = say("Numbers seen")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.PEOPLE
    limits: ClassVar[Limits] = USUAL
    told: ClassVar[bool] = True


@quality_check
class CountOnnetMsisdns(Counted):
    """Distinct people whose own events these are."""

    name: ClassVar[str] = "count_onnet_msisdns"
    title: ClassVar[Text] = say("People of the network")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.PEOPLE
    limits: ClassVar[Limits] = USUAL
    told: ClassVar[bool] = True
    types: ClassVar[frozenset[EventType]] = TWO_WAYS


@quality_check
class CountOnnetMsisdnsOutgoing(Counted):
    """Distinct people with an event that went out."""

    name: ClassVar[str] = "count_onnet_msisdns_outgoing"
    title: ClassVar[Text] = say("People who called or wrote")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.PEOPLE
    limits: ClassVar[Limits] = USUAL
    told: ClassVar[bool] = True
    types: ClassVar[frozenset[EventType]] = TWO_WAYS


@quality_check
class CountOnnetMsisdnsIncoming(Counted):
    """Distinct people with an event that came in."""

    name: ClassVar[str] = "count_onnet_msisdns_incoming"
    title: ClassVar[Text] = say("People who were called or written to")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.PEOPLE
    limits: ClassVar[Limits] = USUAL
    told: ClassVar[bool] = True
    types: ClassVar[frozenset[EventType]] = TWO_WAYS
