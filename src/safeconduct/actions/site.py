"""The composition root: opens what a site is made of and hands it over; reads no record itself."""

import contextlib
import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path

from safeconduct.actions.site_files import folders_of, read_settings, settings_text, shipped_policy_files
from safeconduct.engines.frames import Comparing, Remembered
from safeconduct.identity.accounts import Accounts
from safeconduct.identity.sessions import Sessions
from safeconduct.identity.tokens import Tokens
from safeconduct.ingest.arriving_staged import ArrivalSite
from safeconduct.jobs.queue import Queue
from safeconduct.keys.provider import FileKeys
from safeconduct.keys.sealing import Sealer
from safeconduct.keys.signing import Signer
from safeconduct.keys.tokens import TokenKeys
from safeconduct.ledger.ledger import Ledger
from safeconduct.ledger.rewritten import in_its_place, standing, steady
from safeconduct.model.canonical import Json
from safeconduct.model.editions import ReleasedFile
from safeconduct.model.errors import BadSettings, NotFound, SafeconductError, WrongState
from safeconduct.model.outcomes import PublicFacts
from safeconduct.model.policy import Policy
from safeconduct.model.settings import FROM_ANYWHERE, KeySettings, Settings, SiteFolders
from safeconduct.model.text import say
from safeconduct.model.trees import read
from safeconduct.release.file_policies import read_file_policy, shipped_for_files
from safeconduct.release.policies import read_policy, shipped
from safeconduct.store.chests import Chests
from safeconduct.store.documents import Documents
from safeconduct.store.drafts import Drafts
from safeconduct.store.microdata import Microdata, MicrodataManifest, MicrodataRecords
from safeconduct.store.places import read_geography
from safeconduct.store.records import Records, connect
from safeconduct.store.seen import SeenPeople
from safeconduct.store.sweeping import sweep
from safeconduct.store.uploads import Uploads
from safeconduct.store.versions import Manifest, read_manifest, sole_writer

PRIVATE = 0o700


@dataclass(frozen=True)
class Site:
    """An opened site.

    Attributes:
        settings: What the owner set.
        folders: Where things are.
        keys: The root of every secret.
        ledger: What happened.
    """

    settings: Settings
    folders: SiteFolders
    keys: FileKeys
    ledger: Ledger
    _geographies: dict[str, object] = field(default_factory=dict, repr=False, compare=False)
    _compared: dict[str, Remembered] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def accounts(self) -> Accounts:
        """People."""
        return Accounts(self.ledger, Sealer(self.keys.derive("accounts")))

    @cached_property
    def sessions(self) -> Sessions:
        """Who is signed in to the pages."""
        return Sessions(self.ledger, self.settings.session_minutes)

    @cached_property
    def tokens(self) -> Tokens:
        """Access tokens."""
        return Tokens(
            self.ledger,
            TokenKeys.open(self.keys, self.folders.keys),
            issuer=self.settings.name,
            audience=self.settings.name,
        )

    @cached_property
    def queue(self) -> Queue:
        """Work to do."""
        return Queue(self.ledger)

    @cached_property
    def signer(self) -> Signer:
        """What signs releases and checkpoints."""
        return Signer.open(self.keys, self.folders.keys)

    @cached_property
    def uploads(self) -> Uploads:
        """Files on their way in."""
        return Uploads(folder=self.folders.intake / "uploads", keys=self.keys)

    @cached_property
    def documents(self) -> Documents:
        """Descriptions, plans and reports; never a record."""
        return Documents(folder=self.folders.documents, keys=self.keys)

    @cached_property
    def drafts(self) -> Drafts:
        """Treated rows nobody may have yet, to be handed to the release check."""
        return Drafts(folder=self.folders.drafts, keys=self.keys)

    @cached_property
    def editions(self) -> Chests:
        """Files of editions, encrypted."""
        return Chests(folder=self.folders.releases / "editions", keys=self.keys, purpose="editions")

    @cached_property
    def file_policies(self) -> Mapping[str, Policy]:
        """Protection levels for files this site has, by name."""
        found = [read_file_policy(path) for path in sorted(self.folders.file_policies.glob("*.toml"))]
        return {policy.name: policy for policy in found}

    def microdata(self, study: str, version: str = "") -> MicrodataManifest:
        """A version of a study's records: which tables, which variables, which roles; holds no record.

        Raises:
            NotFound: No records of that study are kept.
        """
        kept = Microdata(folder=self.folders.store, dataset=dataset_of(study), keys=self.keys)
        return steady(lambda: self._standing_of(study, version), kept.manifest)

    def _standing_of(self, study: str, version: str) -> str:
        fact = self.ledger.fact("microdata", study)
        if fact is None or fact.state != "current":
            raise NotFound(say("No records of this study are kept."))
        return standing(self.ledger, dataset_of(study), version) or str(fact.body["manifest"])

    def arrival(self, study: str, deposit: str) -> ArrivalSite:
        """What an arrival of files needs of this site."""
        return ArrivalSite(
            dataset=dataset_of(study),
            arrival=deposit,
            intake=self.folders.intake,
            store=self.folders.store,
            keys=self.keys,
            memory_mb=self.settings.memory_mb,
            threads=self.settings.threads,
        )

    def microdata_records(self, study: str, version: str) -> MicrodataRecords:
        """The records of a version, to be handed to an engine."""
        return MicrodataRecords(store=self.folders.store, manifest=self.microdata(study, version), keys=self.keys)

    def kept_versions(self, study: str) -> tuple[str, ...]:
        """Ids of every version of a study's records that is kept, the oldest first; a rewritten one by its new id."""
        named = [str(one.body["manifest"]) for one in self.ledger.history("microdata", study)]
        kept = dict.fromkeys(in_its_place(self.ledger, dataset_of(study), one) for one in named)
        return tuple(one for one in kept if one)

    @cached_property
    def policies(self) -> Mapping[str, Policy]:
        """Protection levels this site has, by name."""
        found = [read_policy(path) for path in sorted(self.folders.policies.glob("*.toml"))]
        return {policy.name: policy for policy in found}

    def datasets(self) -> tuple[str, ...]:
        """Names of the data sets that hold records."""
        return tuple(sorted(fact.id for fact in self.ledger.facts("dataset", state="current")))

    def manifest(self, dataset: str, version: str = "") -> Manifest:
        """A version of a data set, the current one by default.

        Raises:
            NotFound: There is no such data set.
            WrongState: That version was rewritten since, because people were erased or days were not to be kept.
        """
        read = partial(read_manifest, self.folders.store, dataset)
        return steady(lambda: self._standing(dataset, version), read)

    def _standing(self, dataset: str, version: str) -> str:
        if current := self.named(dataset):
            return standing(self.ledger, dataset, version) or current
        raise NotFound(say("there is no data set of that name; ingest files first"))

    def named(self, dataset: str) -> str:
        """Id of the version that is current at this moment, `""` where there is none or it was destroyed."""
        fact = self.ledger.fact("dataset", dataset)
        return str(fact.body["manifest"]) if fact is not None and fact.state == "current" else ""

    def facts(self, manifest: Manifest) -> PublicFacts:
        """What is public about a version of a data set."""
        key = f"{manifest.dataset}/{manifest.geography}"
        if key not in self._geographies:
            self._geographies[key] = read_geography(self.folders.store, manifest.dataset, manifest.geography)
        return PublicFacts(
            zone=manifest.zone,
            geography=self._geographies[key],  # type: ignore[arg-type]  # only geographies are put there
            present=manifest.present(),
            counted=manifest.counted,
        )

    def records(self, manifest: Manifest) -> Records:
        """The records of a version, to be handed to an engine."""
        return Records(store=self.folders.store, manifest=manifest, keys=self.keys)

    def comparing(self, manifest: Manifest) -> Comparing:
        """What compares who questions are about; what is remembered goes with the code tables, when people do."""
        known = f"{manifest.dataset} {manifest.codes[0].path if manifest.codes else ''}"
        for other in [one for one in tuple(self._compared) if one.startswith(f"{manifest.dataset} ") and one != known]:
            self._compared.pop(other, None)
        return Comparing(
            records=self.records(manifest),
            seen=SeenPeople(store=self.folders.store, dataset=manifest.dataset, keys=self.keys),
            spill=self.folders.spill,
            memory_mb=self.settings.memory_mb,
            threads=self.settings.threads,
            known=self._compared.setdefault(known, Remembered()),
        )

    def noise_secret(self, dataset: str) -> bytes:
        """What record keys of a data set come from; neither its version nor a protection level's enters it."""
        return self.keys.derive("record keys", dataset)

    @cached_property
    def noise_sealer(self) -> Sealer:
        """What seals the secrets that fresh noise is drawn from."""
        return Sealer(self.keys.derive("noise"))

    def policy(self, policy_id: str) -> Policy:
        """An adopted policy by its id.

        Raises:
            NotFound: It was never adopted here.
        """
        fact = self.ledger.fact("policy", policy_id)
        if fact is None:
            raise NotFound(say("no such protection level was adopted here"))
        return Policy.from_json(fact.body)

    @classmethod
    def open(cls, root: Path, *, migrating: bool = False) -> "Site":
        """Open a site that exists.

        Args:
            root: Its folder.
            migrating: Open it though its database is of an older form, to bring it up.

        Raises:
            BadSettings: There is none at `root`, its settings cannot be read, or its database is gone.
            WrongState: Its database is of another form than this version writes.
        """
        folders = SiteFolders(root.resolve())
        settings = read_settings(folders.settings)
        if not settings.database and not folders.metadata.exists():
            raise BadSettings(say("the site's metadata database is gone; restore the site from a backup"))
        ledger = Ledger.open(settings.database or f"sqlite:///{folders.metadata}")
        if not migrating and not ledger.is_current():
            raise WrongState(say("the site's database has the form of another version; run 'safeconduct migrate'"))
        return cls(settings, folders, FileKeys.open(folders.keys, settings=settings.keys), ledger)

    @classmethod
    def create(
        cls, root: Path, *, name: str, training: bool, database: str = "", keys: KeySettings = FROM_ANYWHERE
    ) -> "Site":
        """Make a site: folders, keys, settings, protection levels and an empty record of use.

        Args:
            root: Its folder.
            name: What people call it.
            training: A practice site.
            database: SQLAlchemy URL of an empty PostgreSQL database; `""` is SQLite in the folder.
            keys: Where the outermost key comes from.

        Raises:
            WrongState: There is a site already; nothing is changed.
        """
        folders = SiteFolders(root.resolve())
        if folders.settings.exists():
            raise WrongState(say("there is a site already; choose another folder with --site"))
        for folder in folders_of(folders):
            folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        made = FileKeys.create(folders.keys, training=training, settings=keys)
        Signer.create(made, folders.keys)
        TokenKeys.create(made, folders.keys)
        for path, where in shipped_policy_files():
            _own(where(folders) / path.name).write_bytes(path.read_bytes())
        ledger = Ledger.open(database or f"sqlite:///{folders.metadata}")
        ledger.upgrade()
        ledger.close()
        _own(folders.settings).write_text(
            settings_text(name, training=training, database=database, keys=keys), encoding="utf-8"
        )
        site = cls.open(folders.root)
        site.adopt({**shipped(), **shipped_for_files()}, "site")
        return site

    def adopt(self, policies: Mapping[str, Policy], actor: str) -> None:
        """Write down the protection levels a site starts with."""
        now = datetime.now(UTC)
        with self.ledger.write() as tx:
            for policy in policies.values():
                tx.put("policy", policy.id, policy.to_json(), at=now)
                body: dict[str, Json] = {"name": policy.name, "version": policy.version}
                tx.event(actor=actor, verb="adopt_policy", subject=policy.id, body=body, at=now)

    def sign_checkpoint(self, message: bytes) -> tuple[bytes, bytes]:
        """Public key and signature of a checkpoint; a practice site's never verifies as real."""
        return self.signer.public, self.signer.sign(message, domain="checkpoint")

    def clear(self) -> None:
        """Remove what interrupted questions, exports and ingests left behind; for the start, before work is done.

        Of a data set that does not open nothing is removed: all others can be worked with, and `doctor` tells it.
        """
        unfinished = self.folders.releases.glob(".*")
        for left in (*self.folders.spill.glob("*"), *unfinished):
            with contextlib.suppress(OSError):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        since = datetime.now(UTC) - timedelta(days=self.settings.versions_days)
        if not self.queue.alive():
            for dataset in self.datasets():
                with contextlib.suppress(SafeconductError):
                    sweep(self.folders.store, dataset, partial(self.named, dataset), since=since)
            self._clear_microdata()

    def _clear_microdata(self) -> None:
        """Remove versions, drafts and files of editions that a crash left behind; nothing that the ledger names."""
        self.drafts.sweep()
        self.editions.sweep()
        self.documents.sweep()
        self._clear_editions()
        known = {fact.id: fact.state for fact in self.ledger.facts("microdata")}
        pools = [fact.body.get("pool") for fact in self.ledger.facts("pool")]
        half_frozen = {str(one.get("study")) for one in pools if isinstance(one, Mapping)} - known.keys()
        for study in (*half_frozen, *(one for one, state in known.items() if state == "current")):
            dataset = dataset_of(study)
            if not (self.folders.store / dataset).exists():
                continue
            kept = Microdata(folder=self.folders.store, dataset=dataset, keys=self.keys)
            with contextlib.suppress(SafeconductError), sole_writer(self.folders.store, dataset):
                kept.destroy(keeping=self.kept_versions(study))

    def _clear_editions(self) -> None:
        """Remove whole files of editions that nothing names: whoever wrote them died before it was written down.

        What there is is listed first: whatever of it is named later has work that is alive. Where it cannot be read
        what is named, everything stays.
        """
        found = self.editions.names()
        if self.queue.alive():
            return
        try:
            named = self._files_named()
        except SafeconductError:
            return
        for name in set(found) - named:
            self.editions.delete(name)

    def _files_named(self) -> frozenset[str]:
        """Handles of every file that an edition names, as it is or ever was, or a delivery.

        Raises:
            SafeconductError: What one of them says cannot be read.
        """
        facts = [one for fact in self.ledger.facts("edition") for one in self.ledger.history("edition", fact.id)]
        listed = {str(document) for one in facts if (document := one.body.get("files"))}
        packed = [one for fact in self.ledger.facts("delivery") if (one := fact.body.get("packed")) is not None]
        files = [one for tree in (packed, *map(self.documents.get, listed)) for one in _released(tree)]
        return frozenset({*(one.chest for one in files), *(str(one.body.get("manifest", "")) for one in facts)})


def _own(path: Path) -> Path:
    """A new file that its owner alone may read and change: settings may hold a password, and name programs to run."""
    path.touch(mode=0o600)
    return path


def _released(tree: Json) -> tuple[ReleasedFile, ...]:
    found: tuple[ReleasedFile, ...] = read(tuple[ReleasedFile, ...], tree, "files")
    return found


def dataset_of(study: str) -> str:
    """The name a study's records rest under; ids of studies have characters that names of folders may not."""
    return "s" + hashlib.sha256(study.encode()).hexdigest()[:24]


def try_engine(spill: Path) -> None:
    """Open a locked-down engine with encrypted spill, and close it.

    Raises:
        SafeconductError: It cannot be opened so; nothing may be computed on this machine.
    """
    connect(read=(), spill=spill, memory_mb=256, threads=1).close()
