"""Where the record of use says that something left, with what proves it to whoever holds a file."""

from safeconduct.ledger.entries import Event
from safeconduct.ledger.ledger import Ledger
from safeconduct.model.canonical import Json


def proof_of(ledger: Ledger, event: Event) -> dict[str, Json]:
    """An event with its place in the log as it is now, and the path from it to the log's root."""
    size = ledger.size()
    return {
        "leaf": event.leaf(),
        "index": event.index,
        "size": size,
        "root": ledger.root(size).hex(),
        "path": [one.hex() for one in ledger.inclusion(event.index, size)],
    }
