"""Keys, retention, health: what is unsafe or missing, and what the site cannot guarantee by itself."""

from collections.abc import Mapping

from markupsafe import Markup

from safeconduct.actions.health import Finding, Grade
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import plain_table, section
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
    "swap": say("Memory"),
    "folder": say("The site's folder"),
    "swap encryption": say("Swap"),
    "hibernation": say("Hibernation"),
    "core handler": say("Core files taken by a program"),
    "readable folders": say("Folders"),
    "file system": say("File system"),
    "spill": say("Spill"),
    "key place": say("Place of the outermost key"),
    "keys": say("Keys"),
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
KEPT: Mapping[str, Text] = {
    "events": say("Records of days, after their day"),
    "rejected": say("Rejected rows"),
    "drafts": say("Treated files that were not published"),
    "versions": say("Versions that others replaced"),
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
    lead = say("{count} things are unsafe or missing.", count=bad) if bad else say("Nothing is unsafe or missing.")
    body = [section(words, say("What was looked at"), table), *_kept(visit), *_backups(visit)]
    return Shown(title=say("Keys, retention, health"), body=body, lead=lead)


def _kept(visit: Visit) -> list[Markup]:
    """How long what is kept."""
    words, title = visit.words, say("How long records are kept")
    rows = [
        [one.name, KEPT[sort], say("{count} days", count=days) if days else say("As long as the rest")]
        for one in visit.act("retention_rules")
        for sort, days in sorted(one.rule.items())
    ]
    columns = [say("Data set or study"), say("What"), say("How long")]
    return [section(words, title, plain_table(words, columns, rows, caption=title))] if rows else []


def _backups(visit: Visit) -> list[Markup]:
    """Backups that hold what was erased since."""
    words, title = visit.words, say("Backups from before an erasure")
    rows = [[one.backup, words.moment(one.made_at), words.number(one.erasures)] for one in visit.act("old_backups")]
    columns = [say("Backup"), say("Made"), say("Erasures since")]
    return [section(words, title, plain_table(words, columns, rows, caption=title))] if rows else []
