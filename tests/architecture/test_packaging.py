"""What an owner installs and starts: the lock, the unit, the image."""

import configparser
import re
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from safeconduct.model.settings import Settings


@pytest.fixture(scope="module")
def lock(root: Path) -> str:
    """The lock that owners install from."""
    return (root / "requirements.lock").read_text(encoding="utf-8")


def test_the_lock_holds_no_address(lock: str) -> None:
    """An owner's mirror is the owner's business."""
    assert re.findall(r"://|--index-url|--find-links|^git\+", lock, re.MULTILINE) == []


def test_every_line_of_the_lock_has_a_hash(lock: str) -> None:
    """What is installed is what was tested, byte for byte."""
    pinned = re.split(r"\n(?=\S)", lock.strip())

    assert len(pinned) > 20
    assert [one.split()[0] for one in pinned if "--hash=sha256:" not in one] == []


def test_the_lock_holds_what_a_site_needs_and_no_tool_of_ours(root: Path, lock: str) -> None:
    """The extra `site`, without the development group."""
    tree = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    extra = tree["project"]["optional-dependencies"]["site"]
    wanted = {re.split(r"[\[=<>~! ;]", one)[0].lower() for one in [*tree["project"]["dependencies"], *extra]}
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))

    assert wanted - locked == set()
    assert locked & {"pytest", "ruff", "mypy", "flowclient", "playwright", "hypothesis"} == set()


def test_the_lock_is_not_kept_in_the_form_that_holds_addresses(root: Path) -> None:
    """`uv.lock` names a registry for each file; it is made afresh and ignored."""
    assert "uv.lock" in (root / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_ci_can_be_run(root: Path) -> None:
    """It is a program, strict, and asks nobody."""
    script = root / ".ci" / "run"
    text = script.read_text(encoding="utf-8")

    assert script.stat().st_mode & stat.S_IXUSR
    assert "set -euo pipefail" in text
    assert "exec </dev/null" in text


@pytest.fixture
def unit(root: Path) -> configparser.ConfigParser:
    """The systemd unit."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # systemd's keys have capitals
    parser.read(root / "deploy" / "safeconduct.service", encoding="utf-8")
    return parser


def test_the_unit_is_understood_by_systemd(root: Path, tmp_path: Path, unit: configparser.ConfigParser) -> None:
    """A misspelt key would be ignored with a warning, and the protection with it."""
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    program = unit["Service"]["ExecStart"].split()[0]
    copy = tmp_path / "safeconduct.service"
    text = (root / "deploy" / "safeconduct.service").read_text(encoding="utf-8")
    copy.write_text(text.replace(program, shutil.which("true") or "/bin/true"), encoding="utf-8")

    result = subprocess.run([verify, "verify", copy], capture_output=True, text=True, check=False)

    assert [line for line in result.stderr.splitlines() if "safeconduct.service" in line] == []


def test_the_unit_leaves_the_process_little_to_break(root: Path) -> None:
    """Systemd's own score of exposure, 0 to 10; lower is better."""
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    command = [verify, "security", "--offline=true", "--no-pager", str(root / "deploy" / "safeconduct.service")]

    result = subprocess.run(command, capture_output=True, text=True, check=False)
    score = re.search(r"exposure level for \S+: ([\d.]+)", result.stdout)

    assert score, result.stdout + result.stderr
    assert float(score.group(1)) <= 2.0


def test_the_image_runs_as_nobody_special_and_starts_the_same_command(
    root: Path, unit: configparser.ConfigParser
) -> None:
    """Unit and image start `safeconduct serve`; neither as root."""
    image = (root / "deploy" / "Containerfile").read_text(encoding="utf-8")
    user = re.search(r"^USER (\S+)$", image, re.MULTILINE)
    entry = re.search(r'^ENTRYPOINT \["(.+?)"\]$', image, re.MULTILINE)

    assert user
    assert user.group(1) not in {"root", "0"}
    assert entry
    assert entry.group(1).endswith("/safeconduct")
    assert '\nCMD ["serve"]' in image
    assert unit["Service"]["ExecStart"].split()[1] == "serve"
    assert "--require-hashes" in image


def test_nothing_we_ship_opens_the_port_to_the_network(root: Path) -> None:
    """The default is loopback, and no file here says otherwise."""
    assert Settings().host == "127.0.0.1"
    for name in ("Containerfile", "compose.yaml", "safeconduct.service"):
        assert "0.0.0.0" not in (root / "deploy" / name).read_text(encoding="utf-8")  # noqa: S104 - looked for
