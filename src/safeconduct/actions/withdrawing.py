"""Withdrawing a share from a pool, with proof that it is gone."""

from safeconduct.actions.contributing import ShareView, mine_now, my_share, parts_of_mine
from safeconduct.actions.pool_base import NO_POOL, my_share_in
from safeconduct.actions.pool_leaving import withdraw
from safeconduct.actions.room import Room
from safeconduct.actions.verb import action
from safeconduct.model.errors import NotFound


@action(needs="contribute", repeatable=True)
def withdraw_share(room: Room, *, pool: str) -> ShareView:
    """Withdraw your organisation's share: all of it is destroyed, keys first, with proof.

    It can be done until the pool is frozen. Afterwards people ask by the rights process, since the records are part
    of one data set.

    Args:
        pool: Id of the pool.
    """
    with room.write() as act:
        share, _ = mine_now(act, pool)
        destroy = withdraw(act, share, parts_of_mine(room, share))
    destroy()
    return my_share(room, pool=pool)


@action(needs="contribute", reads=True)
def share_proof(room: Room, *, pool: str) -> list[str]:
    """Digests of the keys that were destroyed when your share left the pool, for whoever asks for proof.

    Args:
        pool: Id of the pool.
    """
    share, fact = my_share_in(room, pool)
    if fact.state != "withdrawn":
        raise NotFound(NO_POOL)
    events = room.site.ledger.events(subject=share.id, limit=1000)
    told = [one.body["erased"] for one in events if isinstance(one.body.get("erased"), dict)]
    return sorted({str(one) for each in told if isinstance(each, dict) for one in each.get("digests", ())})
