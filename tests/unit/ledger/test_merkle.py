"""The hash tree against a naive reading of RFC 9162 and against published vectors."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.ledger.merkle import (
    EMPTY,
    Frontier,
    consistency_path,
    grown,
    inclusion_path,
    leaf_hash,
    root_at,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from safeconduct.model.errors import BadInput

# Inputs and roots of the Certificate Transparency project's reference tests.
VECTOR = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
SIZES = st.integers(min_value=0, max_value=70)


def naive_root(leaves):
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = max(2**i for i in range(8) if 2**i < len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m, leaves):
    """PATH of RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = max(2**i for i in range(8) if 2**i < len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m, leaves, whole):
    """SUBPROOF of RFC 9162, 2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = max(2**i for i in range(8) if 2**i < len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], whole=False), naive_root(leaves[:k])]


def entries(size):
    return [f"entry {number}".encode() for number in range(size)]


def kept(leaves):
    """Subtrees as the database keeps them."""
    nodes = {}
    for size, leaf in enumerate(leaves):
        for level, position, node in grown(size, leaf_hash(leaf), lambda *place: nodes[place]):
            nodes[level, position] = node
    return lambda *place: nodes[place]


def test_the_empty_tree_has_the_hash_of_nothing():
    assert root_of([]) == EMPTY == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_published_for_certificate_transparency(size):
    leaves = [bytes.fromhex(one) for one in VECTOR[:size]]

    assert root_of(map(leaf_hash, leaves)).hex() == ROOTS[size]


@given(SIZES)
def test_roots_equal_the_recursion_of_the_rfc(size):
    leaves = entries(size)
    nodes = kept(leaves)

    assert root_at(size, nodes) == root_of(map(leaf_hash, leaves)) == naive_root(leaves)


@given(SIZES, SIZES)
def test_the_root_of_an_earlier_size_is_found_later(first, second):
    first, second = sorted((first, second))

    assert root_at(first, kept(entries(second))) == naive_root(entries(first))


@given(SIZES.filter(bool), st.data())
def test_inclusion_proofs_equal_the_rfc_and_verify(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves = entries(size)
    path = inclusion_path(index, size, kept(leaves))

    assert path == naive_path(index, leaves)
    assert verify_inclusion(leaf_hash(leaves[index]), index, size, path, naive_root(leaves))


@given(SIZES.filter(bool), st.data())
def test_an_inclusion_proof_holds_for_nothing_else(size, data):
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size + 1))
    leaves = entries(size)
    path, root = inclusion_path(index, size, kept(leaves)), naive_root(leaves)
    here = leaf_hash(leaves[index])

    assert not verify_inclusion(leaf_hash(b"forged"), index, size, path, root)
    assert not verify_inclusion(here, index, size, [*path, here], root)
    assert not verify_inclusion(here, index, size, path, leaf_hash(b"forged"))
    assert other == index or not verify_inclusion(here, other, size, path, root)
    assert not path or not verify_inclusion(here, index, size, path[:-1], root)


@given(SIZES.filter(bool), SIZES.filter(bool))
def test_consistency_proofs_equal_the_rfc_and_verify(first, second):
    first, second = sorted((first, second))
    leaves = entries(second)
    path = consistency_path(first, second, kept(leaves))

    assert path == naive_subproof(first, leaves, whole=True)
    assert verify_consistency(
        first, second, path, first_root=naive_root(leaves[:first]), second_root=naive_root(leaves)
    )


@given(SIZES.filter(bool), SIZES.filter(bool))
def test_a_consistency_proof_shows_no_other_past(first, second):
    first, second = sorted((first, second))
    leaves = entries(second)
    path = consistency_path(first, second, kept(leaves))
    old, new = naive_root(leaves[:first]), naive_root(leaves)
    forged = naive_root([*leaves[: first - 1], b"forged"])

    assert not verify_consistency(first, second, path, first_root=forged, second_root=new)
    assert not verify_consistency(first, second, [*path, old], first_root=old, second_root=new)
    assert not verify_consistency(0, second, path, first_root=EMPTY, second_root=new)


@pytest.mark.parametrize(("first", "second"), [(0, 3), (3, 2), (-1, 2)])
def test_nothing_follows_from_an_empty_tree_or_backwards(first, second):
    with pytest.raises(BadInput):
        consistency_path(first, second, kept(entries(4)))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_a_leaf_outside_the_tree_has_no_proof(index, size):
    with pytest.raises(BadInput):
        inclusion_path(index, size, kept(entries(4)))


def test_a_million_leaves_need_twenty_hashes():
    frontier = Frontier()
    for _ in range(2**10 - 1):
        frontier.append(EMPTY)

    assert len(frontier._peaks) == 10
