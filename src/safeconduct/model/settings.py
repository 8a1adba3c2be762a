"""What an owner sets for a site, read once at the edge."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from safeconduct.model.errors import BadSettings
from safeconduct.model.servers import ServerSettings, servers_from

FORMAT = 1
NEWER = "a newer version of safeconduct wrote this site; nothing was changed; install that version to open it"
KEY_PROVIDERS = ("any", "file", "systemd", "environment", "keyring")


@dataclass(frozen=True, kw_only=True)
class KeySettings:
    """Where the outermost key comes from: the table `[keys]`.

    Attributes:
        provider: `any` takes the environment where it holds a key, else systemd where it hands one over, else the file.
        name: Name of the credential or of the keyring's entry.
        command: A program, and what it is told, that prints the key in base64; instead of the library `keyring`.
    """

    provider: str = "any"
    name: str = "safeconduct-root"
    command: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.provider not in KEY_PROVIDERS:
            raise BadSettings(f"provider under [keys] is one of {', '.join(KEY_PROVIDERS)}", field="keys")
        if self.command and self.provider != "keyring":
            raise BadSettings('command under [keys] goes with provider = "keyring" only', field="keys")

    def __str__(self) -> str:
        """As the settings file would have it."""
        command = f", command = {json.dumps(list(self.command))}" if self.command else ""
        return f'{{ provider = "{self.provider}", name = {json.dumps(self.name)}{command} }}'

    @classmethod
    def from_tree(cls, tree: Mapping[str, object]) -> "KeySettings":
        """These settings from their TOML table.

        Raises:
            BadSettings: A key is unknown or of the wrong kind; the message names it.
        """
        known = {one.name: one for one in fields(cls)}
        if unknown := sorted(set(tree) - set(known)):
            raise BadSettings(f"[keys] does not know {', '.join(unknown)}; known: {', '.join(known)}", field="keys")
        return cls(**{name: _typed(name, value, known[name].default) for name, value in tree.items()})  # type: ignore[arg-type]  # checked by _typed


FROM_ANYWHERE = KeySettings()


@dataclass(frozen=True, kw_only=True)
class ConnectionSettings:
    """Where the text is that opens a database: one of three places, never the settings file itself.

    Attributes:
        file: A file that only its owner may read.
        variable: A variable of the environment, taken out of it when it is read.
        credential: A credential that systemd hands over.
    """

    file: str = ""
    variable: str = ""
    credential: str = ""

    def __post_init__(self) -> None:
        if sum(1 for one in (self.file, self.variable, self.credential) if one) != 1:
            raise BadSettings("a connection under [sources] names a file, a variable or a credential", field="sources")


@dataclass(frozen=True)
class Connections:
    """Databases by name: the tables `[sources.NAME]`.

    Attributes:
        named: Where the text is that opens each.
    """

    named: Mapping[str, ConnectionSettings] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """As the settings file would have none."""
        return "{}"

    @classmethod
    def from_tree(cls, tree: Mapping[str, object]) -> "Connections":
        """These settings from their TOML table.

        Raises:
            BadSettings: A key is unknown or of the wrong kind.
        """
        known = {one.name for one in fields(ConnectionSettings)}
        for name, one in tree.items():
            if not isinstance(one, Mapping) or set(one) - known or not all(isinstance(it, str) for it in one.values()):
                raise BadSettings(f"[sources.{name}] knows {', '.join(sorted(known))}, each a text", field="sources")
        return cls({name: ConnectionSettings(**one) for name, one in tree.items()})  # type: ignore[arg-type]  # just checked


NOWHERE = Connections()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A site's settings: `safeconduct.toml`, one key each, every default safe.

    Thresholds are not settings: they belong to the policy of an agreement.

    Attributes:
        format: Format number of the site's files; `migrate` raises it.
        name: What people call this site; stands on every page and manifest.
        organisation: The organisation that runs the site; the site's name where it is left out.
        address: How people reach the site, such as `https://data.example.org`; stands in descriptions that leave.
        database: SQLAlchemy URL of the metadata database; `""` is `meta.sqlite` in the site's folder.
        memory_mb: Most memory one question or one ingest may use, megabytes, at least 256.
        threads: Threads one question may use, at least 1.
        workers: Worker processes that `serve` starts, 0 to 16.
        host: Address to listen on; anything but loopback needs TLS or a declared proxy.
        port: Port to listen on, 1 to 65535.
        tls_certificate: PEM file of the certificate, `""` without TLS.
        tls_key: PEM file of its key.
        proxy: A trusted proxy in front ends TLS; its address, `""` for none.
        session_minutes: Minutes without a click after which one must sign in again, 1 to 1440.
        token_days: Longest life of an access token, days, 1 to 365.
        body_kb: Largest request body, kilobytes, at least 16.
        quorum: Members of the access committee who must have voted before a request is decided, 1 to 9.
        registration: People from outside may make an account for themselves, to ask for files.
        versions_days: Days for which a data set's records stay as they were after something changed, so that answers
            can be computed again; 1 to 3650. Rows that were corrected or taken back are kept as long.
        training: A practice site: what it makes is marked TRAINING and signed with keys that never verify as real.
        languages: Languages offered, the first is the default.
        plugins: Modules with plug-ins of the owner's own; nothing is loaded only because it is installed.
        sources: Databases that mappings may name: for each, the file, variable or credential with what opens it.
        drivers: Python modules of database drivers that mappings may name; none is loaded only because it is installed.
        keys: Where the outermost key comes from: provider `any`, `file`, `systemd`, `environment` or `keyring`.
        servers: Servers that surveys may be pulled from, each a table of its own; no other address is ever asked.
    """

    format: int = FORMAT
    name: str = "safeconduct"
    organisation: str = ""
    address: str = ""
    database: str = field(default="", repr=False)
    memory_mb: int = 2048
    threads: int = 2
    workers: int = 1
    host: str = "127.0.0.1"
    port: int = 8765
    tls_certificate: str = ""
    tls_key: str = ""
    proxy: str = ""
    session_minutes: int = 30
    token_days: int = 90
    body_kb: int = 256
    quorum: int = 1
    registration: bool = True
    versions_days: int = 30
    training: bool = False
    languages: tuple[str, ...] = ("en", "fr")
    plugins: tuple[str, ...] = ()
    sources: Connections = NOWHERE
    drivers: tuple[str, ...] = ()
    keys: KeySettings = FROM_ANYWHERE
    servers: tuple[ServerSettings, ...] = ()

    def __post_init__(self) -> None:
        if self.format > FORMAT:
            raise BadSettings(NEWER, field="format")
        bounds = {
            "format": (FORMAT, FORMAT), "memory_mb": (256, 1 << 24), "threads": (1, 1024), "workers": (0, 16),
            "port": (1, 65535), "session_minutes": (1, 1440), "token_days": (1, 365), "body_kb": (16, 1 << 20),
            "quorum": (1, 9), "versions_days": (1, 3650),
        }  # fmt: skip
        for name, (least, most) in bounds.items():
            if not least <= int(getattr(self, name)) <= most:
                raise BadSettings(f"{name} goes from {least} to {most}", field=name)
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise BadSettings("TLS needs both tls_certificate and tls_key", field="tls_key")

    @classmethod
    def from_tree(cls, tree: Mapping[str, object]) -> "Settings":
        """Settings from their TOML tree.

        Raises:
            BadSettings: A key is unknown or of the wrong kind; the message names it.
        """
        known = {one.name: one for one in fields(cls)}
        if unknown := sorted(set(tree) - set(known)):
            raise BadSettings(f"safeconduct.toml does not know {', '.join(unknown)}; known: {', '.join(known)}")
        return cls(**{name: _typed(name, value, known[name].default) for name, value in tree.items()})  # type: ignore[arg-type]  # checked by _typed


def _typed(name: str, value: object, default: object) -> object:
    if isinstance(default, KeySettings) and isinstance(value, Mapping):
        return KeySettings.from_tree(value)
    if name == "servers":
        return servers_from(value)
    if isinstance(default, Connections) and isinstance(value, Mapping):
        return Connections.from_tree(value)
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    if type(value) is not type(default):
        raise BadSettings(f"{name} must be like {default!r}", field=name)
    return value


@dataclass(frozen=True)
class SiteFolders:
    """Where a site keeps what, below one folder.

    Attributes:
        root: The site's folder.
    """

    root: Path

    @property
    def settings(self) -> Path:
        """`safeconduct.toml`."""
        return self.root / "safeconduct.toml"

    @property
    def keys(self) -> Path:
        """Keys, mode 0700."""
        return self.root / "keys"

    @property
    def metadata(self) -> Path:
        """The metadata database, where it is SQLite."""
        return self.root / "meta.sqlite"

    @property
    def store(self) -> Path:
        """Encrypted records and public geography, a folder a data set."""
        return self.root / "store"

    @property
    def intake(self) -> Path:
        """Raw arrivals, encrypted."""
        return self.root / "intake"

    @property
    def quarantine(self) -> Path:
        """Rows that did not fit, encrypted."""
        return self.root / "quarantine"

    @property
    def drafts(self) -> Path:
        """Large drafts, encrypted."""
        return self.root / "drafts"

    @property
    def releases(self) -> Path:
        """What left, a folder a release."""
        return self.root / "releases"

    @property
    def policies(self) -> Path:
        """Protection levels as TOML."""
        return self.root / "policies"

    @property
    def documents(self) -> Path:
        """Descriptions, plans and reports, sealed."""
        return self.root / "documents"

    @property
    def file_policies(self) -> Path:
        """Protection levels for files as TOML."""
        return self.policies / "files"

    @property
    def spill(self) -> Path:
        """Encrypted spill of running questions, emptied at start."""
        return self.root / "spill"
