"""How anybody proves offline that files are what left."""

import base64
import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from safeconduct.release.manifest import DOMAIN, signed_text
from safeconduct.release.verify import verify

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
PARTS = ("format", "files", "key", "training", "signature", "spec")


def manifest_of(exported):
    return json.loads(exported.manifest_path.read_bytes())


def words(verdict):
    return " ".join(map(str, verdict.lines))


def test_an_unchanged_release_verifies(write, release, signers):
    """From the manifest, its folder, or any of its files, with the owner's key."""
    exported = write(release)

    for path in (exported.manifest_path, exported.folder, *exported.files):
        verdict = verify(path, key=signers["real"].public)
        assert verdict.real
        assert "Nothing was changed" in words(verdict)
        assert signers["real"].fingerprint in words(verdict)


def test_without_a_key_the_reader_is_told_to_compare_the_fingerprint(write, release, signers):
    """Anybody can sign; the fingerprint says who did."""
    verdict = verify(write(release).manifest_path, key=None)

    assert verdict.ok
    assert "Compare" in words(verdict)
    assert signers["real"].fingerprint in words(verdict)


def test_a_copy_of_one_file_and_the_manifest_is_enough(write, release, signers, tmp_path):
    """Of the manifest all files are asked for, of a file only that one."""
    exported = write(release)
    for name in ("manifest.json", "answer.csv"):
        shutil.copy(exported.folder / name, tmp_path / name)

    assert verify(tmp_path / "answer.csv", key=signers["real"].public).real
    missing = verify(tmp_path / "manifest.json", key=signers["real"].public)
    assert not missing.ok
    assert "answer.xlsx is missing" in words(missing)
    assert "answer.csv" not in words(missing)


def test_an_altered_file_is_named(write, release, signers):
    """And the others are not."""
    exported = write(release)
    with (exported.folder / "answer.csv").open("a", encoding="utf-8") as file:
        file.write("B,,3,value,\r\n")

    verdict = verify(exported.manifest_path, key=signers["real"].public)

    assert not verdict.ok
    assert words(verdict) == "answer.csv was changed after it left."


def test_another_key_is_told_apart_from_an_altered_manifest(write, release, signers):
    """The owner's key and the manifest's differ."""
    verdict = verify(write(release).manifest_path, key=signers["other"].public)

    assert not verdict.ok
    assert words(verdict) == "It is signed with another key than the one you gave."


def change(exported, alter):
    tree = manifest_of(exported)
    alter(tree)
    exported.manifest_path.write_text(json.dumps(tree), encoding="utf-8")


@pytest.mark.parametrize(
    "alter",
    [
        lambda tree: tree.__setitem__("licence", "anything goes"),
        lambda tree: tree["cells"].__setitem__("suppressed", 0),
        lambda tree: tree["policy"].__setitem__("name", "public"),
        lambda tree: tree.pop("coverage"),
        lambda tree: tree.__setitem__("signature", "AAAA"),
        lambda tree: tree.__setitem__("signature", 5),
        lambda tree: tree.__setitem__("note", 1.5),
        lambda tree: tree.__setitem__("training", True),
        lambda tree: tree["key"].__setitem__("fingerprint", "0000"),
        lambda tree: tree["files"].append({"name": "answer.csv", "sha256": "0" * 64, "size": 1}),
    ],
)
def test_an_altered_manifest_does_not_verify(write, release, signers, alter):
    """Whatever was altered, with or without the owner's key."""
    exported = write(release)
    change(exported, alter)

    for key in (None, signers["real"].public):
        verdict = verify(exported.manifest_path, key=key)
        assert not verdict.ok
        assert "The manifest was changed after it was signed." in words(verdict)


def test_a_manifest_with_a_name_twice_is_refused(write, release, signers):
    """Two readers could see two things."""
    exported = write(release)
    text = exported.manifest_path.read_text(encoding="utf-8")
    exported.manifest_path.write_text(text.replace("{", '{"licence": "anything goes",', 1), encoding="utf-8")

    assert "not a manifest" in words(verify(exported.manifest_path, key=signers["real"].public))


def test_a_practice_release_verifies_as_practice_only(world, write, signers):
    """It is unchanged, it is not real, and it says so first."""
    exported = write(world.release(world.seen(), {("A",): 20}, training=True))

    verdict = verify(exported.manifest_path, key=signers["practice"].public)

    assert verdict.ok
    assert verdict.training
    assert not verdict.real
    assert str(verdict.lines[0]).startswith("TRAINING")


def test_a_practice_manifest_edited_to_say_it_is_real_does_not_verify(world, write, signers):
    """Neither edited nor signed anew with the practice key."""
    exported = write(world.release(world.seen(), {("A",): 20}, training=True))
    change(exported, lambda tree: tree.__setitem__("training", False))
    edited = verify(exported.manifest_path, key=None)

    assert not edited.ok

    def sign_anew(tree):
        tree["signature"] = base64.b64encode(signers["practice"].sign(signed_text(tree), domain=DOMAIN)).decode()

    change(exported, sign_anew)
    forged = verify(exported.manifest_path, key=None)
    assert not forged.ok
    assert "practice key and says it is real" in words(forged)


def test_a_file_that_the_manifest_does_not_name_is_not_part_of_it(write, release, signers):
    """Lying beside it is not enough."""
    exported = write(release)
    (exported.folder / "more.csv").write_text("area,people\n", encoding="utf-8")

    verdict = verify(exported.folder / "more.csv", key=signers["real"].public)

    assert not verdict.ok
    assert "more.csv is not part of this release" in words(verdict)


def test_a_manifest_never_leads_outside_its_folder(tmp_path):
    """A name with a path in it is not opened."""
    (tmp_path / "manifest.json").write_text(json.dumps({"files": [{"name": "../../etc/hosts"}]}), encoding="utf-8")

    assert "outside its folder" in words(verify(tmp_path / "manifest.json", key=None))


@pytest.mark.parametrize("text", ["", "{", "[]", "\udcff", "[" * 100_000])
def test_what_is_no_manifest_is_said_in_words(tmp_path, text):
    """Nothing is raised."""
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8", errors="surrogateescape")

    assert not verify(tmp_path / "manifest.json", key=None).ok


def test_a_file_without_a_manifest_cannot_be_checked(tmp_path):
    """It is said what is missing."""
    (tmp_path / "answer.csv").write_text("", encoding="utf-8")

    assert "no manifest.json beside it" in words(verify(tmp_path / "answer.csv", key=None))


@given(parts=some.dictionaries(some.sampled_from(PARTS), JSON), files=some.lists(some.dictionaries(
    some.sampled_from(["name", "sha256"]), JSON)))  # fmt: skip
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_could_stand_in_a_manifest_is_raised(tmp_path, parts, files):
    """Whatever somebody made up, it does not verify, and that is said in words."""
    tree = {"files": files} | parts
    (tmp_path / "manifest.json").write_text(json.dumps(tree), encoding="utf-8")

    for key in (None, bytes(32)):
        verdict = verify(tmp_path / "manifest.json", key=key)
        assert not verdict.ok
        assert all(map(str, verdict.lines))


def test_a_manifest_that_nests_too_deep_is_said_in_words(tmp_path):
    """Deep enough for a reader, too deep for a canonical text."""
    (tmp_path / "manifest.json").write_text('{"a":' * 900 + "1" + "}" * 900, encoding="utf-8")

    assert not verify(tmp_path / "manifest.json", key=None).ok
