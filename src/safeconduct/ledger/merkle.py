"""The hash tree of RFC 9162, section 2.1: one root that changes when any event does, and short proofs about it.

Hashes of complete subtrees are kept, so that appending, a root of any size and a proof all take a number of
look-ups that grows with the logarithm of the size. Pure: whoever calls hands over where hashes are found.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from safeconduct.model.errors import BadInput

Nodes = Callable[[int, int], bytes]
"""The hash of a complete subtree: its level (0 holds leaves) and its position at that level, from 0."""
EMPTY = hashlib.sha256(b"").digest()
"""Root of a tree without leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of one leaf; the leading zero keeps a leaf from passing as an inner node.

    Example:
        >>> leaf_hash(b"").hex()[:16]
        '6e340b9cffb37a98'
    """
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node from the hashes of its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that only grows, keeping one hash for every complete subtree: a few hashes for any number of leaves."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Take in the hash of the next leaf."""
        node, size = leaf, self.size
        while size & 1:
            node, size = node_hash(self._peaks.pop(), node), size >> 1
        self._peaks.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Root of the leaves taken in so far."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root of a tree from the hashes of its leaves, in order.

    Example:
        >>> root_of([]).hex()[:16]
        'e3b0c44298fc1c14'
    """
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def grown(size: int, leaf: bytes, nodes: Nodes) -> list[tuple[int, int, bytes]]:
    """The complete subtrees that a new leaf completes, itself first: level, position, hash.

    Args:
        size: How many leaves there were before.
        leaf: Hash of the new leaf.
        nodes: Where the hashes of earlier subtrees are found.
    """
    level, position, node = 0, size, leaf
    found = [(level, position, node)]
    while position & 1:
        node = node_hash(nodes(level, position - 1), node)
        level, position = level + 1, position >> 1
        found.append((level, position, node))
    return found


def root_at(size: int, nodes: Nodes) -> bytes:
    """Root of the first `size` leaves."""
    return _span(0, size, nodes) if size else EMPTY


def inclusion_path(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Proof that a leaf is among the first `size` (RFC 9162, 2.1.3.1); the hashes a verifier needs, from the leaf up.

    Raises:
        BadInput: The leaf is not among them.
    """
    if not 0 <= index < size:
        raise BadInput("an inclusion proof needs an index below the size")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_span(middle, end, nodes))
            end = middle
        else:
            path.append(_span(start, middle, nodes))
            start = middle
    return path[::-1]


def consistency_path(first: int, second: int, nodes: Nodes) -> list[bytes]:
    """Proof that the first `second` leaves begin with the first `first` (RFC 9162, 2.1.4.1); empty if both are equal.

    Raises:
        BadInput: The sizes are not in order, or the first is 0: nothing follows from an empty tree.
    """
    if not 1 <= first <= second:
        raise BadInput("a consistency proof needs two sizes in order, the first at least 1")
    path, start, end, whole = [], 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_span(middle, end, nodes))
            end = middle
        else:
            path.append(_span(start, middle, nodes))
            start, whole = middle, False
    if not whole:
        path.append(_span(start, end, nodes))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows the leaf's hash at `index` among the `size` leaves under the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, node = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            node = node_hash(step, node)
            here, last = _raise(here, last)
        else:
            node = node_hash(node, step)
        here, last = here >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(
    first: int, second: int, path: Sequence[bytes], *, first_root: bytes, second_root: bytes
) -> bool:
    """Whether a proof shows that the larger tree begins with the smaller (RFC 9162, 2.1.4.2).

    A first size of 0 is never shown: nothing follows from an empty tree.
    """
    if first == second:
        return first > 0 and not path and first_root == second_root
    if not 0 < first < second or not path:
        return False
    steps = [first_root, *path] if first & (first - 1) == 0 else list(path)
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(step, old), node_hash(step, new)
            here, last = _raise(here, last)
        else:
            new = node_hash(new, step)
        here, last = here >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _raise(here: int, last: int) -> tuple[int, int]:
    """Climb past levels where the node has no sibling to its right."""
    while here and not here & 1:
        here, last = here >> 1, last >> 1
    return here, last


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def _span(start: int, end: int, nodes: Nodes) -> bytes:
    """Root of a run of leaves that the recursion of the RFC comes by; complete ones are looked up."""
    size = end - start
    if size & (size - 1) == 0:
        return nodes(size.bit_length() - 1, start // size)
    middle = start + _split(size)
    return node_hash(_span(start, middle, nodes), _span(middle, end, nodes))
