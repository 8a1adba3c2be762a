"""What pages say about how long things are kept: rules, and backups that hold what was erased since."""

from collections.abc import Mapping

from markupsafe import Markup

from safeconduct.model.text import Text, say
from safeconduct.present.blocks import plain_table, section
from safeconduct.server.page import Visit

KEPT: Mapping[str, Text] = {
    "events": say("Records of days, after their day"),
    "rejected": say("Rejected rows"),
    "drafts": say("Treated files that were not published"),
    "versions": say("Versions that others replaced"),
}


def rules_kept(visit: Visit) -> list[Markup]:
    """How long what is kept; nothing where nothing is."""
    words, title = visit.words, say("How long records are kept")
    rows = [
        [one.name, KEPT[sort], say("{count} days", count=days) if days else say("As long as the rest")]
        for one in visit.act("retention_rules")
        for sort, days in sorted(one.rule.items())
    ]
    columns = [say("Data set or study"), say("What"), say("How long")]
    return [section(words, title, plain_table(words, columns, rows, caption=title))] if rows else []


def backups_before(visit: Visit) -> list[Markup]:
    """Backups that hold what was erased since; nothing where there is none."""
    words, title = visit.words, say("Backups from before an erasure")
    rows = [[one.backup, words.moment(one.made_at), words.number(one.erasures)] for one in visit.act("old_backups")]
    columns = [say("Backup"), say("Made"), say("Erasures since")]
    return [section(words, title, plain_table(words, columns, rows, caption=title))] if rows else []
