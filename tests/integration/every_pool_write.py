"""Freezes a pool and withdraws a share in children that are killed at each of their writes; says if all is whole.

    python every_pool_write.py FOLDER [STRIDE]

Only every STRIDE-th write is tried where one is given. Prints up to which write it came, by act.
Nothing here opens a database before it forks.
"""

import json
import shutil
import sys
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import cheap_hashes  # noqa: F401 - it is enough to import it
import pooling
from killing import Die, inside, killed, warmed
from safeconduct.actions.pool_base import pool_papers, share_dataset, shares_of
from safeconduct.actions.site import dataset_of
from safeconduct.engines.tables import table
from safeconduct.ledger import tables
from safeconduct.ledger.ledger import Ledger

CASES = 5
COLUMNS = ["prs_Gender", "vic_CountryOfExploitation", "contributor"]


def main() -> None:
    folder = Path(sys.argv[1])
    warmed()
    len(pooling.verbs)  # imports every verb
    told = {}
    for name, prepare, act in (("freeze", ready_to_freeze, worked), ("withdraw", compared, withdrawn)):
        inside(lambda prepare=prepare, name=name: prepare(folder / name))
        told[name] = survived(folder / name, act)
    sys.stdout.write(json.dumps(told))


def compared(folder: Path) -> tuple[object, str]:
    """A pool of three small shares, compared."""
    folder.mkdir()
    house = pooling.founded(folder / "before")
    pool = house.open()
    for at, login in enumerate(pooling.MEMBERS):
        house.contribute(login, pool, folder, [*pooling.share_of(100 * at, CASES - 1), pooling.case(7)])
    house.act("amara", "plan_pool", pool=pool, steps=list(pooling.PLAN))
    house.act("amara", "compare_shares", pool=pool)
    (folder / "pool").write_text(pool)
    return house, pool


def ready_to_freeze(folder: Path) -> None:
    """The same, signed by everybody, and the freeze asked for."""
    house, pool = compared(folder)
    for login in pooling.MEMBERS:
        house.sign(login, pool)
    house.let_freeze(pool)
    pooling.verbs["freeze_pool"].call(house.room("amara"), {"pool": pool})


def worked(house, pool: str) -> None:
    house.work()


def withdrawn(house, pool: str) -> None:
    """Lighthouse leaves, unless it has left."""
    if any(fact.state == "withdrawn" for _, fact in shares_of(house.site, pool)):
        house.work()
        return
    house.act("lucas", "withdraw_share", pool=pool)
    house.work()


def survived(folder: Path, act: Callable) -> int:
    """Kill it at its first write, its second, and so on, each time go on; how many writes there were."""
    whole, at, pool = folder / "whole.json", 0, (folder / "pool").read_text()
    as_before(folder)
    inside(lambda: once(folder, act, whole, pool))
    undisturbed = json.loads(whole.read_text())
    as_before(folder)
    stride = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    while killed(at := at + stride, lambda: act(pooling.House(folder / "now"), pool), also=also):
        inside(lambda: once(folder, act, whole, pool))
        if json.loads(whole.read_text()) != undisturbed:
            raise SystemExit(f"after write {at} of {act.__name__}: {whole.read_text()} is not {undisturbed}")
        as_before(folder)
    return at - stride


def once(folder: Path, act: Callable, whole: Path, pool: str) -> None:
    """Start as a site starts, let a dead worker's lease run out, do it, and say what there is."""
    house = pooling.House(folder / "now")
    house.site.clear()
    with house.site.ledger.write() as tx:
        late = tables.job.update().where(tables.job.c.state == "running").values(ready_at=datetime.now(UTC))
        tx.change(late)
    act(house, pool)
    whole.write_text(json.dumps(told(house, pool)))


def told(house, pool: str) -> dict[str, object]:
    """Where everything is; the order of rows and who has which code are drawn anew each time."""
    site = house.site
    shares = shares_of(site, pool)
    kept = (dataset_of(pooling.STUDY), *(share_dataset(one.id) for one, _ in shares))
    fact = site.ledger.fact("microdata", pooling.STUDY)
    return {
        "states": [site.ledger.fact("pool", pool).state, *(one.state for _, one in shares)],
        "records": records(site) if fact else [],
        "deposits": len(site.ledger.facts("deposit")),
        "chests": [chests(site, name) for name in kept],
        "key": pool_papers(site, pool).has_key(),
        "told apart": [len(house.act(login, "share_duplicates", pool=pool)) for login, (one, now) in
                       zip(pooling.MEMBERS, shares, strict=True) if now.state == "contributed"],
        "work": sorted({row["state"] for row in site.ledger.rows(tables.job.select())}),
    }  # fmt: skip


def records(site) -> list[object]:
    found = table(
        site.microdata_records(pooling.STUDY, site.microdata(pooling.STUDY).id), "cases", COLUMNS, memory_mb=64
    )
    rows = sorted([row["prs_Gender"], row["vic_CountryOfExploitation"]] for row in found.rows())
    return [rows, sorted(found.column("contributor").count(code) for code in "123")]


def chests(site, dataset: str) -> int:
    return len(list((site.folders.store / dataset).rglob("*.chest")))


def as_before(folder: Path) -> None:
    """The files of the site as they were before."""
    shutil.rmtree(folder / "now", ignore_errors=True)
    shutil.copytree(folder / "before", folder / "now")


def also(die: Die) -> None:
    """Die inside a transaction, and after one, too."""
    plain = Ledger.write

    @contextmanager
    def write(self):
        with plain(self) as tx:
            yield tx
            die()
        die()

    Ledger.write = write


main()
