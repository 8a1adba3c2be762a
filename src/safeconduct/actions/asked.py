"""What members of the access committee ask of a grant; where several vote for it, it holds to what every one asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from ipaddress import IPv4Network, IPv6Network, ip_network

from safeconduct.model.errors import BadInput
from safeconduct.model.text import say

DOWNLOADS = 3


@dataclass(frozen=True, kw_only=True)
class Asks:
    """What one member asks of a grant they vote for.

    Attributes:
        until: Last day, `None` for the end of the work.
        downloads: How often each file may be downloaded.
        encrypted: Files come encrypted to each person's key and no other way.
        networks: Networks it may be downloaded from, as CIDR; `()` for any.
        conditions: What else, in words.
    """

    until: date | None = None
    downloads: int = DOWNLOADS
    encrypted: bool = False
    networks: tuple[str, ...] = ()
    conditions: str = ""


def strictest(asked: Sequence[Asks]) -> Asks:
    """What is granted when each of these was asked: nobody's condition is dropped because another voted last.

    Raises:
        BadInput: The networks that were asked for have nothing in common, so that nothing could be downloaded.

    Example:
        >>> strictest([Asks(downloads=5, encrypted=True), Asks(downloads=2, networks=("192.0.2.0/24",))])
        Asks(until=None, downloads=2, encrypted=True, networks=('192.0.2.0/24',), conditions='')
    """
    days = [one.until for one in asked if one.until is not None]
    networks = [one.networks for one in asked if one.networks]
    common = reduce(_in_both, networks) if networks else ()
    if networks and not common:
        raise BadInput(say("The networks that members asked for have nothing in common; agree on some first."),
                       field="networks")  # fmt: skip
    return Asks(
        until=min(days, default=None),
        downloads=min((one.downloads for one in asked), default=DOWNLOADS),
        encrypted=any(one.encrypted for one in asked),
        networks=common,
        conditions="\n".join(dict.fromkeys(one.conditions.strip() for one in asked if one.conditions.strip())),
    )


def _in_both(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """The networks that lie in both lists."""
    pairs = [_smaller(ip_network(one), ip_network(other)) for one in ours for other in theirs]
    return tuple(dict.fromkeys(str(one) for one in pairs if one is not None))


def _smaller(one: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network | None:
    """The one of two networks that lies in the other, `None` where neither does."""
    if one.version != other.version or not one.overlaps(other):
        return None
    return max(one, other, key=lambda network: network.prefixlen)
