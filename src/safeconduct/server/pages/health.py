"""Keys, retention, health: what is unsafe or missing, and what the site cannot guarantee by itself."""

from collections.abc import Mapping

from safeconduct.actions.health import Finding, Grade
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import plain_table, section
from safeconduct.server.kept import backups_before, rules_kept
from safeconduct.server.page import Reply, Shown, Visit, page

GRADES: Mapping[Grade, Text] = {
    Grade.UNSAFE: say("Unsafe"),
    Grade.MISSING: say("Missing"),
    Grade.ADVICE: say("Look at it"),
    Grade.GOOD: say("Good"),
}
NAMES: Mapping[str, Text] = {
    "python": say("Python"),
    "encryption": say("Encryption"),
    "core files": say("Core files"),
    "folder": say("The site's folder"),
    "swap encryption": say("Swap"),
    "hibernation": say("Hibernation"),
    "core handler": say("Core files taken by a program"),
    "readable folders": say("Folders"),
    "file system": say("File system"),
    "spill": say("Spill"),
    "key place": say("Place of the outermost key"),
    "keys": say("The site's keys"),
    "address": say("Address"),
    "disk": say("Disk"),
    "people": say("People"),
    "training": say("Practice"),
    "record of use": say("Record of use"),
    "pseudonyms": say("Pseudonyms"),
    "separation": say("Separation"),
    "protection level": say("Protection level"),
    "erasures": say("Keys after erasures"),
    "backups": say("Backups from before erasures"),
}


@page(
    "/assurance/health",
    title=say("Keys, retention, health"),
    menu="assurance",
    needs="operate",
    about=say(
        "How the site and its machine are: keys, folders, disk, swap, people, the record of use. What is unsafe or "
        "missing stands first, with what to do. Some of it is up to the machine and whoever runs it. Then how long "
        "records are kept, and backups that hold what was erased since."
    ),
)
def show(visit: Visit) -> Reply:
    """Everything the doctor looks at, the worst first."""
    words = visit.words
    order = list(GRADES)
    found: list[Finding] = sorted(visit.act("check_health"), key=lambda one: order.index(one.grade))
    rows = [[GRADES[one.grade], NAMES.get(one.name, one.name), one.says] for one in found]
    table = plain_table(words, [say("How it is"), say("What"), say("What was found")], rows,
                        caption=say("Keys, retention, health"))  # fmt: skip
    bad = sum(one.grade in {Grade.UNSAFE, Grade.MISSING} for one in found)
    look = sum(one.grade is Grade.ADVICE for one in found)
    lead = (
        say("{count} things are unsafe or missing.", count=bad)
        if bad
        else say("Nothing is unsafe or missing; things to look at all the same: {count}.", count=look)
    )
    body = [section(words, say("What was looked at"), table), *rules_kept(visit), *backups_before(visit)]
    return Shown(title=say("Keys, retention, health"), body=body, lead=lead)
