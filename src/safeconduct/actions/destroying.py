"""What arrived is destroyed once it is not needed; where the program that should have died first, another does it."""

from dataclasses import replace

from safeconduct.actions.depositing import destroy_arrivals, forget_descriptions
from safeconduct.actions.deposits_held import held_in
from safeconduct.actions.site import Site
from safeconduct.actions.working import system_act, works
from safeconduct.jobs.queue import Heartbeat, Job


@works("destroy_arrivals")
def _destroy(site: Site, job: Job, beat: Heartbeat) -> None:
    """Destroy what is left of a deposit's files; queued together with what made them needless, so it is never lost."""
    deposit = str(job.body["deposit"])
    held = held_in(site, deposit)
    destroy_arrivals(site, held)
    if held.deposit.state == "kept":
        files, proposals, differences = (str(job.body[name]) for name in ("files", "proposals", "differences"))
        forget_descriptions(site, replace(held, files=files, proposals=proposals, differences=differences))
    beat.step(1, 1)
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        act.record(deposit, {"destroyed": "arrivals"})
        site.queue.finish(tx, job, result_ref=deposit, now=act.room.now)
