"""A small site with something in every place that holds a key, and ways to look into all of it."""

import json
import secrets
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from safeconduct.actions.agreements import agree, open_project
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.telling import tell
from safeconduct.cli.demo import answer as asked
from safeconduct.desk.sample import sample_cdr
from safeconduct.model.areas import EventType
from safeconduct.model.days import Days
from safeconduct.model.editions import Content
from safeconduct.model.microdata import DataFile, Variable, VariableType
from safeconduct.model.table import Table
from safeconduct.store.codes import CodeTable
from safeconduct.store.microdata import Microdata, MicrodataManifest
from safeconduct.store.seen import SeenPeople, bits_of

SURVEY = "s" + "0" * 24
STUDY = "survey-1"
SPEC = {"kind": "unique_subscriber_counts", "days": {"first": "2026-01-05", "last": "2026-01-06"}, "areas": "admin2"}
PEOPLE = (("amara", ("steward", "engineer")), ("chloe", ("analyst",)), ("dara", ("dpo",)), ("sami", ("steward",)))


def room(site: Site, login: str) -> Room:
    now = datetime.now(UTC)
    return Room(site, shell_caller(site, login=login, now=now), now)


def make(folder: Path) -> None:
    """Make the site below a folder, and write down there what is in it."""
    sample_cdr({"people": 300, "days": 2, "seed": 7}, folder=folder / "files")
    site = Site.create(folder / "site", name="kept", training=True)
    for login, roles in PEOPLE:
        first_person(site, login=login, name=f"Name of {login}", password=secrets.token_urlsafe(18), roles=roles)
    ingest(room(site, "amara"), mapping=folder / "files" / "mapping.toml", folder=folder / "files")
    project = open_project(room(site, "amara"), name="Storm", purpose="Plan shelter", until=date(2036, 1, 1))
    agree(room(site, "amara"), project=project.id, title="Storm", dataset="phone", members=("chloe",),
          days=Days(date(2026, 1, 1), date(2026, 12, 31)), until=date(2036, 1, 1))  # fmt: skip
    draft = site.drafts.keep(Table(pa.table({"age": [1, 2, 3]})))
    with site.editions.create("edition-1") as chest:
        chest.write(b"an edition")
        chest.finish()
    site.uploads.begin("upload-0001", name="survey.csv", size=3)
    site.uploads.append("upload-0001", 0, [b"a,b"])
    site.uploads.finish("upload-0001")
    document = site.documents.put({"title": "Enquête"})
    versions = {name: _survey(site, name) for name in ("store", "staged")}
    _seen(site).put("part", bits_of(np.array([0, 65])))
    site.ledger.close()
    (folder / "kept.json").write_text(
        json.dumps({"draft": [draft.draft, draft.digest], "document": document, "versions": versions})
    )


def _seen(site: Site) -> SeenPeople:
    return SeenPeople(store=site.folders.store, dataset="phone", keys=site.keys)


def _microdata(site: Site, where: str) -> Microdata:
    folder, purpose = (
        (site.folders.store, "microdata") if where == "store" else (site.folders.intake / "staged", "staged")
    )
    return Microdata(folder=folder, dataset=SURVEY, keys=site.keys, purpose=purpose)


def _survey(site: Site, where: str) -> str:
    microdata = _microdata(site, where)
    file = DataFile(name="members", variables=(Variable(name="age", type=VariableType.INTEGER),))
    with microdata.writing(file) as writer:
        writer.add(pa.table({"age": pa.array([30, 40], pa.int64())}))
        stored = writer.finish()
    table = _codes(site, where)
    table.of(bytes(range(32)))
    return microdata.keep(MicrodataManifest(dataset=SURVEY, files=(stored,), codes=(table.save(),))).id


def _codes(site: Site, where: str, parts: tuple = ()) -> CodeTable:
    store = site.folders.store if where == "store" else site.folders.intake / "staged"
    return CodeTable(store=store, dataset=SURVEY, domain="household", keys=site.keys, parts=parts)


def look(site: Site, folder: Path) -> dict:
    """Open everything there is; raises where something does not open."""
    kept = json.loads((folder / "kept.json").read_text())
    manifest = site.manifest("phone")
    records, days = site.records(manifest), manifest.present()[EventType.CALLS]
    with site.editions.open("edition-1") as file:
        edition = file.read().decode()
    with site.uploads.open("upload-0001") as file:
        upload = file.read().decode()
    parts = (*records.events(days, EventType), *records.rollups(days, EventType))
    found = {
        "keys": sorted(part.key.hex() for part in parts),
        "codes": len(CodeTable(store=site.folders.store, dataset="phone", domain="person", keys=site.keys,
                               parts=manifest.codes)) > 0,
        "draft": site.drafts.open(Content(draft=kept["draft"][0], digest=kept["draft"][1])).arrow.to_pydict(),
        "edition": edition, "upload": upload, "document": site.documents.get(kept["document"]),
        "seen": _seen(site).get("part").tolist(), "people": sorted(one.name for one in site.accounts.everybody()),
        "signer": site.signer.fingerprint, "noise": site.noise_secret("phone").hex(),
    }  # fmt: skip
    assert site.tokens
    for where, version in kept["versions"].items():
        microdata = _microdata(site, where)
        survey = microdata.manifest(version)
        found[where] = microdata.table(survey.files[0]).read(["age"], memory_mb=64).to_pydict()
        found[f"codes {where}"] = len(_codes(site, where, survey.codes))
    return found


def answer(site: Site) -> str:
    """What a question gives, as text; the same records and keys always give the same."""
    tree = tell(asked(site, SPEC))
    return json.dumps(
        {name: value for name, value in tree.items() if name not in {"decided_at", "digest"}}, sort_keys=True
    )


def copy(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to
