"""A question keeps the answer it had; one that was not asked before is answered from the records without the erased."""

import json
from threading import Event

from safeconduct.actions.asking import ask, result
from safeconduct.actions.forgetting import forget
from safeconduct.actions.site import Site
from safeconduct.actions.working import work
from safeconduct.cli.demo import answer as asked
from safeconduct.ingest.adapter import adapter_for
from safeconduct.ingest.mapping import read_mapping
from safeconduct.model.outcomes import Release

OTHER = {"kind": "unique_subscriber_counts", "days": {"first": "2026-01-05", "last": "2026-01-05"}, "areas": "admin1"}


def somebody(folder) -> str:
    """A number of the first file."""
    layout = next(iter(read_mapping(folder / "files" / "mapping.toml").events.values()))
    path = min((folder / "files").glob(layout.files))
    chunk = next(adapter_for(path, layout.format).chunks(path, layout))
    return chunk.table.column("person")[0].as_py()


def test_an_answer_stays_what_it_is_and_new_questions_are_answered(kept, folder) -> None:
    before = kept.answer(Site.open(folder / "site"))
    site = Site.open(folder / "site")
    old = site.manifest("phone").id
    forget(kept.room(site, "dara"), dataset="phone", identifiers=(somebody(folder),), at_once=True)
    work(site, worker="w", stop=Event(), until_empty=True)
    site = Site.open(folder / "site")

    assert site.manifest("phone").id != old
    assert kept.answer(site) == before
    assert len(site.ledger.spends("phone")) == 1
    assert isinstance(asked(site, OTHER), Release)
    told = ask(kept.room(site, "chloe"), spec=kept.SPEC)
    assert isinstance(result(kept.room(site, "chloe"), answer_id=told.answer_id), Release)
    assert json.loads(before)["answer_id"] == told.answer_id
