"""Servers that surveys are collected on: which of them a site may ask, and with what."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_address
from urllib.parse import urlsplit

from safeconduct.model.errors import BadSettings

CREDENTIALS = ("file", "environment", "systemd")
"""Where a server's credential may come from."""


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """A server that surveys may be pulled from: a table `[[servers]]`. No other address is ever asked.

    Attributes:
        name: What the site calls it.
        kind: What runs there, `kobo` or `odk`.
        url: Its address, with `https`; `http` on this machine only.
        credential: Where its credential is: `file:/PATH`, `environment:NAME` or `systemd:NAME`; never the credential.
        ca: PEM file with the authorities its certificate is checked with, `""` for the usual ones.
        most_mb: Most megabytes one pull may bring, 1 to 65,536.
        patience_s: Most seconds one pull may take, 1 to 86,400.
    """

    name: str
    kind: str
    url: str
    credential: str
    ca: str = ""
    most_mb: int = 1024
    patience_s: int = 3600

    def __post_init__(self) -> None:
        if not self.name or not self.kind:
            raise BadSettings("[[servers]] needs name and kind", field="servers")
        sort, _, rest = self.credential.partition(":")
        if sort not in CREDENTIALS or not rest or (sort == "file" and not rest.startswith("/")):
            raise BadSettings(
                "credential under [[servers]] says where it is: file:/PATH, environment:NAME or systemd:NAME",
                field="servers",
            )
        _check_url(self.url)
        for name, most in (("most_mb", 65_536), ("patience_s", 86_400)):
            if not 1 <= int(getattr(self, name)) <= most:
                raise BadSettings(f"{name} under [[servers]] goes from 1 to {most}", field="servers")


def _check_url(url: str) -> None:
    """Hold an address to TLS, and to being nothing but an address.

    Raises:
        BadSettings: It is not; it is not quoted, since somebody may have written a password into it.
    """
    try:
        parts = urlsplit(url)
        port_known = parts.port is None or parts.port > 0
    except ValueError:
        raise BadSettings("url under [[servers]] is no address", field="servers") from None
    if not (parts.hostname and port_known) or parts.query or parts.fragment or parts.username or parts.password:
        raise BadSettings("url under [[servers]] is scheme, host and path only, without a credential", field="servers")
    if parts.scheme != "https" and not (parts.scheme == "http" and _on_this_machine(parts.hostname)):
        raise BadSettings("url under [[servers]] begins with https:// unless it is this machine", field="servers")


def _on_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def servers_from(trees: object) -> tuple[ServerSettings, ...]:
    """The servers of a settings file, from its tables `[[servers]]`.

    Raises:
        BadSettings: A key is unknown, missing or of the wrong kind, or two servers share a name.
    """
    if not isinstance(trees, list | tuple) or not all(isinstance(one, Mapping) for one in trees):
        raise BadSettings("servers are written as tables [[servers]]", field="servers")
    found = tuple(_server(one) for one in trees)
    if len({one.name for one in found}) < len(found):
        raise BadSettings("two [[servers]] share a name", field="servers")
    return found


def _server(tree: Mapping[str, object]) -> ServerSettings:
    sorts = {one.name: one.type for one in fields(ServerSettings)}
    if unknown := sorted(set(tree) - set(sorts)):
        raise BadSettings(f"[[servers]] does not know {', '.join(unknown)}", field="servers")
    if missing := [name for name in ("name", "kind", "url", "credential") if name not in tree]:
        raise BadSettings(f"[[servers]] needs {missing[0]}", field="servers")
    for name, value in tree.items():
        if type(value) is not sorts[name]:
            raise BadSettings(f"{name} under [[servers]] is of the wrong kind", field="servers")
    return ServerSettings(**tree)  # type: ignore[arg-type]  # every kind was compared above
