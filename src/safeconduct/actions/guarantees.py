"""What a site cannot guarantee by itself, for `doctor`: it is up to the machine, its disks and who runs it."""

from dataclasses import dataclass
from pathlib import Path

from safeconduct.actions.health import Finding, Grade
from safeconduct.actions.site import Site
from safeconduct.actions.site_files import folders_of
from safeconduct.keys.memory import keep_private
from safeconduct.keys.sources import ROOT_FILE
from safeconduct.model.text import Text, say

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "afs", "glusterfs", "ceph", "fuse.sshfs", "vboxsf"})
IN_MEMORY = frozenset({"tmpfs", "ramfs"})
UNORDERED = frozenset({"nobarrier", "barrier=0", "data=writeback"})
OTHERS = 0o077
__all__ = ["keep_private", "machine_beyond", "site_beyond"]


@dataclass(frozen=True, kw_only=True)
class Mount:
    """Where a folder is.

    Attributes:
        sort: The file system's name, such as `ext4`.
        options: Its options.
    """

    sort: str
    options: frozenset[str]


def machine_beyond(root: Path = Path("/")) -> list[Finding]:
    """What holds for this machine, beside what `health.machine` looks at.

    Args:
        root: Where the machine's `proc` and `sys` are.
    """
    return [swap(root), hibernation(root), core_handler(root)]


def site_beyond(site: Site, root: Path = Path("/")) -> list[Finding]:
    """What holds for a site: who can read its folders, what its disks promise, where its outermost key is."""
    return [_folders(site), file_system(site.folders.root, root), spill(site.folders.spill, root), _key_place(site)]


def swap(root: Path) -> Finding:
    """Whether what is swapped out is encrypted, device by device."""
    try:
        lines = (root / "proc" / "swaps").read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return _advice("swap encryption", say("It is not known whether memory is swapped to disk; if so, encrypt it."))
    plain = [line.split()[0] for line in lines if line.strip() and not _encrypted(Path(line.split()[0]), root)]
    if plain:
        return _advice(
            "swap encryption",
            say("Keys and records in memory may be written to swap in plain; encrypt it, or run 'swapoff -a'."),
        )
    return _good("swap encryption", say("There is no swap, or it is encrypted or in memory."))


def hibernation(root: Path) -> Finding:
    """Whether the machine can write all of its memory to disk."""
    try:
        states = (root / "sys" / "power" / "state").read_text(encoding="ascii").split()
        disk = (root / "sys" / "power" / "disk").read_text(encoding="ascii")
    except OSError:
        return _good("hibernation", say("This machine cannot hibernate."))
    if "disk" in states and "[disabled]" not in disk:
        return _advice(
            "hibernation",
            say("Hibernating writes keys and records to disk; run 'systemctl mask hibernate.target'."),
        )
    return _good("hibernation", say("This machine cannot hibernate."))


def core_handler(root: Path) -> Finding:
    """Whether a program takes core files, which limits do not keep from it."""
    try:
        pattern = (root / "proc" / "sys" / "kernel" / "core_pattern").read_text(encoding="utf-8")
    except OSError:
        pattern = ""
    if pattern.startswith("|"):
        return _advice(
            "core handler",
            say("A program on this machine collects core files; serve and worker give it none, other commands may."),
        )
    return _good("core handler", say("No program on this machine collects core files."))


def file_system(folder: Path, root: Path) -> Finding:
    """Whether what is written durably is durable, and whether locks hold."""
    mount = mount_of(folder, root)
    if mount is None:
        return _advice("file system", say("It is not known what file system the site is on; use a local one."))
    if mount.sort in NETWORK:
        return _unsafe(
            "file system", say("The site is on {sort}, where locks may not hold; use a local disk.", sort=mount.sort)
        )
    if mount.sort in IN_MEMORY:
        return _advice("file system", say("The site is in memory; everything is gone when the machine stops."))
    if mount.options & UNORDERED:
        return _advice(
            "file system",
            say("The site's disk is mounted without write barriers; a power cut may lose what was reported as kept."),
        )
    return _good("file system", say("The site's disk keeps what was written durably, as far as its options tell."))


def spill(folder: Path, root: Path) -> Finding:
    """Where what does not fit into memory goes; it is encrypted everywhere."""
    mount = mount_of(folder, root)
    if mount is not None and mount.sort in IN_MEMORY:
        return _advice("spill", say("Spill goes to a file system in memory, so it saves none; put it on a disk."))
    return _good("spill", say("Spill goes to disk, encrypted under a key that is never written."))


def mount_of(folder: Path, root: Path) -> Mount | None:
    """The file system a folder is on; `None` where nobody tells."""
    try:
        lines = (root / "proc" / "self" / "mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    above = [(place, mount) for place, mount in map(_mounted, lines) if _below(folder.resolve(), place)]
    return max(above, key=lambda pair: len(pair[0].parts))[1] if above else None


def _mounted(line: str) -> tuple[Path, Mount]:
    """Where a line of `mountinfo` says that a file system is: see `proc_pid_mountinfo(5)`."""
    before, _, after = line.partition(" - ")
    _, _, _, _, place, options = before.split()[:6]
    sort, _, more = after.split()[:3]
    return Path(_unescaped(place)), Mount(sort=sort, options=frozenset({*options.split(","), *more.split(",")}))


def _folders(site: Site) -> Finding:
    inside = [one for one in folders_of(site.folders) if one != site.folders.root and one.exists()]
    open_to = sorted(one.name for one in inside if one.stat().st_mode & OTHERS)
    if open_to:
        return _unsafe(
            "readable folders",
            say("Others on this machine may look into {names}; run: chmod go= on them.", names=", ".join(open_to)),
        )
    return _good("readable folders", say("Only the site's user can look into its folders."))


def _key_place(site: Site) -> Finding:
    own = site.folders.keys / ROOT_FILE
    if not own.exists():
        return _good("key place", say("The outermost key is not in the site's folder."))
    if own.stat().st_dev == site.folders.store.stat().st_dev:
        return _advice(
            "key place",
            say("The outermost key is on the same disk as what it opens; whoever takes the disk has both. Set [keys]."),
        )
    return _good("key place", say("The outermost key is on another disk than what it opens."))


def _encrypted(device: Path, root: Path) -> bool:
    if device.name.startswith("zram"):
        return True
    try:
        return (root / "sys" / "block" / device.name / "dm" / "uuid").read_text(encoding="ascii").startswith("CRYPT-")
    except OSError:
        return False


def _below(folder: Path, mount: Path) -> bool:
    return folder == mount or mount in folder.parents


def _unescaped(text: str) -> str:
    return text.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")


def _good(name: str, says: Text) -> Finding:
    return Finding(name=name, grade=Grade.GOOD, says=says)


def _advice(name: str, says: Text) -> Finding:
    return Finding(name=name, grade=Grade.ADVICE, says=says)


def _unsafe(name: str, says: Text) -> Finding:
    return Finding(name=name, grade=Grade.UNSAFE, says=says)
