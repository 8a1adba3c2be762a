"""Who a data set counts, and how a source of sightings says where: words that mappings, stores and answers share."""

from enum import StrEnum


class DataSchema(StrEnum):
    """What a data set is made of: what phones did, or that somebody was seen somewhere at some time."""

    PHONE = "phone"
    SIGHTINGS = "sightings"


class Counted(StrEnum):
    """What one code of a data set stands for, and so whom a threshold protects.

    `SUBSCRIBER` is for phone records alone. A card that two people share is one, and somebody with two devices is two:
    every answer says what was counted. `HOUSEHOLD` hides everybody behind one code.

    Example:
        >>> Counted.DEVICE.many
        'devices'
    """

    SUBSCRIBER = "subscriber"
    PERSON = "person"
    CARD = "card"
    HOUSEHOLD = "household"
    DEVICE = "device"

    @property
    def many(self) -> str:
        """The unit of figures, in the plural; subscribers are told as people, as they always were."""
        return "people" if self in {Counted.SUBSCRIBER, Counted.PERSON} else f"{self.value}s"

    @property
    def schema(self) -> DataSchema:
        """Which data sets count it."""
        return DataSchema.PHONE if self is Counted.SUBSCRIBER else DataSchema.SIGHTINGS


class Given(StrEnum):
    """How a sighting says where it was.

    `SITE`: the name of a site that a sites file places. `AREA`: the code of a smallest area. `POINT`: degrees east and
    north, of which only the smallest area around them is ever kept.
    """

    SITE = "site"
    AREA = "area"
    POINT = "point"
