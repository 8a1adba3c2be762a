"""Whatever is done to a data set in whatever order, everybody keeps their code, and epochs share nothing."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeconduct.ingest.forgetting import ForgetSite, forget_listed
from safeconduct.ingest.people import EPOCH, pseudonyms
from safeconduct.ingest.rekeying import rekey
from safeconduct.keys.provider import FileKeys
from safeconduct.model.settings import SiteFolders
from safeconduct.store.epochs import epoch_of
from safeconduct.store.objections import LEFT_OUT, Domain, Objections, code_table
from safeconduct.store.sweeping import remove_unreferenced
from safeconduct.store.tombstones import CodeFiles
from safeconduct.store.versions import Manifest, folder_of, write_manifest

KEYS = FileKeys(True, bytes(32))
AT = datetime(2026, 3, 1, tzinfo=UTC)
PEOPLE = 8
KEY = KEYS.derive("pseudonym", "phone", EPOCH, "person")


def pseudonym(person: int) -> bytes:
    return pseudonyms(KEY, [str(person)])


class History:
    """A data set that people come to, are erased from, whose key is exchanged, and that is restored from a copy."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.copy = folder / "site", folder / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        self.store.mkdir(parents=True)
        self.manifest = write_manifest(self.store, Manifest(id="", dataset="phone", zone="UTC", geography="g"))
        self.known: dict[int, int] = {}
        self.erased: set[int] = set()
        self.next = 0
        self.at_rest: dict[tuple[int, int], set[bytes]] = {}
        self.restored = 0
        self.back_up()

    @property
    def store(self) -> Path:
        return SiteFolders(self.folder).store

    @property
    def listed(self) -> Objections:
        return Objections(store=self.store, dataset="phone", keys=KEYS)

    def take(self, people: Sequence[int]) -> None:
        """As an ingest does: sweep, give codes, write, name."""
        remove_unreferenced(self.store, "phone", self.manifest.id)
        table = code_table(store=self.store, dataset="phone", domain="person", keys=KEYS, parts=self.manifest.codes)
        found = table.of(b"".join(map(pseudonym, people))).tolist()
        for person, code in sorted(zip(people, found, strict=True), key=lambda pair: pair[1]):
            self.check(person, code)
        if (part := table.save()) is not None:
            codes = (*self.manifest.codes, part)
            self.manifest = write_manifest(self.store, replace(self.manifest, codes=codes, previous=self.manifest.id))
        self.look()

    def check(self, person: int, code: int) -> None:
        """Who is known keeps their code, newcomers get the next, and who is on the list has none."""
        if person in self.erased:
            assert code == LEFT_OUT
        elif person in self.known:
            assert code == self.known[person]
        else:
            assert code == self.next
            self.known[person], self.next = code, code + 1

    def erase(self, person: int) -> None:
        self.listed.add(Domain.PERSON, self.listed.marks(Domain.PERSON, pseudonym(person)))
        self.erased.add(person)
        self.known.pop(person, None)
        forget_listed(self.site, commit=lambda done: setattr(self, "manifest", done.manifest))
        self.look()

    def rotate(self, number: int = 0) -> None:
        following = number or epoch_of(self.manifest.codes) + 1
        rekey(self.site, following, at=AT, commit=lambda done: setattr(self, "manifest", done.manifest))
        assert epoch_of(self.manifest.codes) == (following if self.manifest.codes else 1)
        self.look()

    def back_up(self) -> None:
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.folder, self.copy)
        self.then = (self.manifest, dict(self.known), self.next)

    def restore(self) -> None:
        """What was erased is erased again, and the epoch brought about again, as the list of erasures says."""
        epoch, erased = epoch_of(self.manifest.codes), sorted(self.erased)
        shutil.rmtree(self.folder)
        shutil.copytree(self.copy, self.folder)
        self.manifest, self.known, self.next = self.then[0], dict(self.then[1]), self.then[2]
        self.restored += epoch_of(self.manifest.codes) < epoch
        for person in erased:
            self.erase(person)
        self.rotate(epoch)

    @property
    def site(self) -> ForgetSite:
        folders = SiteFolders(self.folder)
        named = self.manifest.id  # of one process
        return ForgetSite(
            folders=folders, keys=KEYS, manifest=self.manifest, named=lambda: named, memory_mb=64, threads=1
        )

    def look(self) -> None:
        """Everybody is there once, at their place; what rests in an epoch rests in no other."""
        files = CodeFiles(store=self.store, dataset="phone", keys=KEYS)
        inner: list[bytes] = []
        files.codes(self.manifest.codes, "person", lambda some: _apart(some, inner))
        mine = {one: at for at, one in enumerate(inner)}
        assert len(mine) == len(inner) == self.next
        assert {person: mine.get(pseudonym(person)) for person in range(PEOPLE)} == {
            person: self.known.get(person) for person in range(PEOPLE)
        }
        rest: list[bytes] = []
        for _, content, _ in files._read(self.manifest.codes, "person"):
            _apart(content, rest)
        number = epoch_of(self.manifest.codes)
        self.at_rest.setdefault((number, self.restored if number > 1 else 0), set()).update(rest)
        assert number == 1 or not set(rest) & set(map(pseudonym, range(PEOPLE)))
        found = list(self.at_rest.values())
        assert not any(one & other for at, one in enumerate(found) for other in found[:at])
        secrets = folder_of(self.store, "phone") / "epochs"
        assert len(list(secrets.glob("*.chest"))) == len(list(secrets.glob("*.key"))) == (number > 1)


def _apart(content: bytes, into: list[bytes]) -> list[bool]:
    into += [content[at : at + 16] for at in range(0, len(content), 16)]
    return [False] * (len(content) // 16)


PERSON = st.integers(0, PEOPLE - 1)
STEP = st.one_of(
    st.tuples(st.just("take"), st.lists(PERSON, min_size=1, max_size=5)),
    st.tuples(st.just("rotate")),
    st.tuples(st.just("erase"), PERSON),
    st.tuples(st.just("back_up")),
    st.tuples(st.just("restore")),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=st.lists(PERSON, min_size=1, max_size=5), steps=st.lists(STEP, max_size=8))
def test_codes_stay_nobody_is_doubled_and_epochs_share_nothing(tmp_path_factory, first, steps) -> None:
    history = History(tmp_path_factory.getbasetemp() / "any_history")
    history.take(first)
    for name, *how in [*steps, ("rotate",)]:
        getattr(history, name)(*how)
    history.take(range(PEOPLE))
