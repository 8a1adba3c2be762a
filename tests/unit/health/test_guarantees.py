"""What a site cannot guarantee is looked up on the machine and told, with a name that scripts may rely on."""

import subprocess
import sys
from pathlib import Path

import pytest

from safeconduct.actions.guarantees import (
    core_handler,
    file_system,
    hibernation,
    machine_beyond,
    site_beyond,
    spill,
    swap,
)
from safeconduct.actions.health import Grade
from safeconduct.actions.site import Site

SWAPS = "Filename Type Size Used Priority\n"
MOUNTS = """\
22 1 0:20 / / rw,relatime - {root} /dev/sda1 rw,errors=remount-ro{options}
30 22 0:30 / {place} rw,nosuid - {sort} disk rw
"""


@pytest.fixture
def machine(tmp_path) -> Path:
    """A machine's `proc` and `sys` to write to."""
    return tmp_path / "machine"


def put(machine: Path, name: str, content: str) -> None:
    path = machine / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.mark.parametrize(
    ("devices", "grade"),
    [
        ([], Grade.GOOD),
        (["/dev/zram0"], Grade.GOOD),
        (["/dev/dm-1"], Grade.GOOD),
        (["/dev/dm-2"], Grade.ADVICE),
        (["/dev/sda2"], Grade.ADVICE),
        (["/swapfile"], Grade.ADVICE),
        (["/dev/dm-1", "/swapfile"], Grade.ADVICE),
    ],
)
def test_swap_is_plain_unless_it_is_in_memory_or_encrypted(machine, devices, grade) -> None:
    put(machine, "proc/swaps", SWAPS + "".join(f"{one} partition 1 0 -2\n" for one in devices))
    put(machine, "sys/block/dm-1/dm/uuid", "CRYPT-PLAIN-swap\n")
    put(machine, "sys/block/dm-2/dm/uuid", "LVM-abc\n")

    assert swap(machine).grade is grade


def test_a_machine_that_does_not_tell_of_its_swap_is_not_called_good(machine) -> None:
    assert swap(machine).grade is Grade.ADVICE


@pytest.mark.parametrize(
    ("state", "disk", "grade"),
    [("freeze mem disk", "[platform] shutdown", Grade.ADVICE), ("freeze mem", "[platform]", Grade.GOOD),
     ("freeze mem disk", "[disabled]", Grade.GOOD)],
)  # fmt: skip
def test_hibernation_is_told_where_it_is_possible(machine, state, disk, grade) -> None:
    put(machine, "sys/power/state", state)
    put(machine, "sys/power/disk", disk)

    assert hibernation(machine).grade is grade


@pytest.mark.parametrize(
    ("pattern", "grade"), [("core", Grade.GOOD), ("|/lib/systemd/systemd-coredump %P", Grade.ADVICE)]
)
def test_a_program_that_collects_core_files_is_told(machine, pattern, grade) -> None:
    put(machine, "proc/sys/kernel/core_pattern", pattern)

    assert core_handler(machine).grade is grade


@pytest.mark.parametrize(
    ("sort", "options", "grade"),
    [
        ("ext4", "", Grade.GOOD),
        ("ext4", ",barrier=0", Grade.ADVICE),
        ("ext4", ",nobarrier", Grade.ADVICE),
        ("nfs4", "", Grade.UNSAFE),
        ("tmpfs", "", Grade.ADVICE),
    ],
)
def test_the_file_system_is_judged_by_its_sort_and_options(machine, tmp_path, sort, options, grade) -> None:
    put(machine, "proc/self/mountinfo", MOUNTS.format(root=sort, options=options, place="/elsewhere", sort="xfs"))

    assert file_system(tmp_path, machine).grade is grade


def test_the_innermost_mount_counts(machine, tmp_path) -> None:
    put(machine, "proc/self/mountinfo", MOUNTS.format(root="ext4", options="", place=tmp_path.resolve(), sort="tmpfs"))

    assert spill(tmp_path, machine).grade is Grade.ADVICE
    assert spill(tmp_path.parent, machine).grade is Grade.GOOD


def test_names_never_change_so_that_scripts_may_rely_on_them(tmp_path) -> None:
    site = Site.create(tmp_path / "site", name="practice", training=True)
    names = [one.name for one in (*machine_beyond(), *site_beyond(site))]

    assert names == [
        "swap encryption",
        "hibernation",
        "core handler",
        "readable folders",
        "file system",
        "spill",
        "key place",
        "erasures",
        "backups",
    ]


def test_folders_others_may_look_into_and_a_key_beside_its_records_are_told(tmp_path) -> None:
    site = Site.create(tmp_path / "site", name="practice", training=True)
    before = {one.name: one.grade for one in site_beyond(site)}
    site.folders.store.chmod(0o755)
    after = {one.name: one for one in site_beyond(site)}

    assert (before["readable folders"], before["key place"]) == (Grade.GOOD, Grade.ADVICE)
    assert after["readable folders"].grade is Grade.UNSAFE
    assert "store" in str(after["readable folders"].says)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked")
def test_a_program_that_keeps_its_memory_private_writes_no_core_file() -> None:
    code = (
        "import resource\nfrom safeconduct.keys.memory import is_private, keep_private\n"
        "print(is_private(), keep_private(), is_private(), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.split(maxsplit=3) == ["False", "True", "True", "(0, 0)\n"]
