"""Devices and SIM cards, where they are kept."""

from typing import ClassVar

from safeconduct.ingest.quality import Counted, Limits, Shown, Unit, quality_check
from safeconduct.model.text import Text, say

MEANS = say("Far fewer or more than on such days before: the column may hold something else now.")
SHARED = say("A device or card of very many people is a machine, such as a gateway, or a value that stands for none.")
ADVICE = say("Compare the mapping with the files.")
USUAL = Limits(notice_below=0.7, notice_above=1.5)


@quality_check
class CountImeis(Counted):
    """Distinct devices."""

    name: ClassVar[str] = "count_imeis"
    title: ClassVar[Text] = say("Devices")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.DEVICES
    limits: ClassVar[Limits] = USUAL
    told: ClassVar[bool] = True


@quality_check
class CountImsis(Counted):
    """Distinct SIM cards."""

    name: ClassVar[str] = "count_imsis"
    title: ClassVar[Text] = say("SIM cards")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.CARDS
    limits: ClassVar[Limits] = USUAL
    told: ClassVar[bool] = True


@quality_check
class MaxMsisdnsPerImei(Shown):
    """People of the device with most of them; events without a device are of none, as in FlowKit's latest checks."""

    name: ClassVar[str] = "max_msisdns_per_imei"
    title: ClassVar[Text] = say("Most people of one device")
    means: ClassVar[Text] = SHARED
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.PEOPLE
    judged_in: ClassVar[Unit] = Unit.PEOPLE
    limits: ClassVar[Limits] = Limits(notice_above=100.0)


@quality_check
class MaxMsisdnsPerImsi(Shown):
    """People of the SIM card with most of them; events without one are of none, as in FlowKit's latest checks."""

    name: ClassVar[str] = "max_msisdns_per_imsi"
    title: ClassVar[Text] = say("Most people of one SIM card")
    means: ClassVar[Text] = SHARED
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.PEOPLE
    judged_in: ClassVar[Unit] = Unit.PEOPLE
    limits: ClassVar[Limits] = Limits(notice_above=100.0)
