"""Your organisation's share of a pool: what to do next, files to send, withdrawing."""

from collections.abc import Sequence

from markupsafe import Markup

from safeconduct.actions.contributing import ShareView
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Item, Link, hidden
from safeconduct.server.deposits import FORMATS
from safeconduct.server.forms import YES_NO, Filled, Wrong, after, attempt, done, yes_or_no
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.pooling import KEEPS, LOOK_AGAIN_S, MATCHES, MINE, STANDARDS, share_page
from safeconduct.server.states import where

KINDS = say("The workbook of HTCDS, CSV or Excel; columns named or labelled as the standard does.")


@page(
    f"{MINE}/{{pool}}",
    title=say("Our share"),
    menu="data",
    needs="contribute",
    listed=False,
    about=say(
        "Send your files, read how they fit, say what becomes of records that others may hold too, look at your share "
        "as the pool would hold it, and sign it off. Withdrawing destroys everything of it, with proof."
    ),
)
def show(visit: Visit) -> Reply:
    """One share, at whatever stage it is."""
    wrong: Wrong = ()
    pool = visit.parts["pool"]
    if visit.posted:
        gone, wrong = attempt(lambda: visit.act("withdraw_share", pool=pool))
        if gone is not None:
            return after(share_page(pool), "gone")
    found: ShareView = visit.act("my_share", pool=pool)
    busy = found.work is not None and found.work.waits
    body = [
        *done(visit),
        blocks.error_summary(visit.words, wrong),
        where(visit, "contribution", found.state, since=found.since),
        *_working(visit, found),
        *_next(visit, found),
        *_sending(visit, found),
        blocks.section(visit.words, say("What was agreed"), _agreed(visit, found)),
        *_undo(visit, found),
    ]
    return Shown(title=Text(found.pool.title), body=body, refresh_s=LOOK_AGAIN_S if busy else 0,
                 status=409 if wrong else 200)  # fmt: skip


def _working(visit: Visit, found: ShareView) -> list[Markup]:
    words, work = visit.words, found.work
    if work is not None and work.waits:
        return [blocks.progress(words, step=work.step, steps=work.steps, says=work.says)]
    if work is not None and work.state == "failed":
        return [blocks.notice(words, work.says, tone="problem", title=say("The files cannot be used so"))]
    return [blocks.sentences(words, found.notes)] if found.notes else []


def _next(visit: Visit, found: ShareView) -> list[Markup]:
    """The things to do, in order."""
    words, pool = visit.words, found.pool.id
    if not found.ready or not found.can:
        return []
    items = [Item(title=say("How your files fit"), href=share_page(pool, "report"), says=_fits(found))]
    if found.compared:
        left = say("{count} records wait for your word.", count=found.undecided)
        items += [
            Item(title=say("Records that others may hold too"), href=share_page(pool, "doubles"),
                 says=left if found.undecided else say("Nothing waits for your word.")),
            Item(title=say("Your share as the pool would hold it"), href=share_page(pool, "preview"),
                 says=say("Look at it, then sign it off.")),
        ]  # fmt: skip
        return [blocks.section(words, say("What to do"), blocks.listing(words, items))]
    waits = say("Next the hosting steward compares the shares; you get a message then.")
    return [blocks.section(words, say("What to do"), blocks.listing(words, items), blocks.paragraph(words, waits))]


def _fits(found: ShareView) -> Text:
    if found.differs:
        return say("These fields do not fit what others brought: {fields}.", fields=", ".join(found.differs))
    return say("Columns and codes, and what the common form loses.")


def _sending(visit: Visit, found: ShareView) -> list[Markup]:
    if "send" not in found.can:
        return []
    words, address = visit.words, share_page(found.pool.id, "send")
    sending = blocks.upload_form(words, action="/uploads/form", csrf=visit.csrf, upload_api="/uploads", max_hint=KINDS,
                                 formats=FORMATS, carried={"next": address})  # fmt: skip
    title = say("Send your files") if found.state == "invited" else say("Send other files instead")
    if found.state == "invited":
        return [blocks.section(words, title, sending)]
    return [blocks.details(words, title, sending)]


def _agreed(visit: Visit, found: ShareView) -> Markup:
    words, pool = visit.words, found.pool
    facts: list[tuple[Text | str, Text | str | Markup]] = [
        (say("Purpose"), pool.purpose),
        (say("Host"), pool.host),
        (say("Your organisation"), found.organisation),
        (say("Standard"), STANDARDS[pool.standard.value]),
        (say("You may withdraw until it is frozen, not before"), words.day(pool.freeze_on)),
        (say("Agreement"), pool.agreement),
        (say("Records of one person are found by"), words.listed([words.say(MATCHES[one.value])
                                                                 for one in pool.match_by])),
        (say("Of one person's records the pool holds"), KEEPS[pool.keep.value]),
    ]  # fmt: skip
    if found.others:
        facts.append((say("Other organisations"), words.listed(found.others)))
    if found.signed_as:
        facts.append((say("Signed off by your"), found.signed_as))
    return blocks.key_values(words, facts)


def _undo(visit: Visit, found: ShareView) -> list[Markup]:
    words = visit.words
    if found.state == "frozen":
        said = say("It is part of the pool. What people ask about their records is a rights request to the host.")
        return [blocks.notice(words, said)]
    if "withdraw" not in found.can:
        return []
    warned = say("Files, records, digests and reports of your share are destroyed, keys first. A proof stays.")
    button = blocks.button(words, say("Withdraw our share"), action=share_page(found.pool.id), csrf=visit.csrf,
                           values={"do": "withdraw"}, tone="danger")  # fmt: skip
    return [blocks.details(words, say("Withdraw"), blocks.paragraph(words, warned), button)]


@page(
    f"{MINE}/{{pool}}/send",
    title=say("Send files"),
    menu="data",
    needs="contribute",
    listed=False,
    about=say("Check which files arrived, then bring them into the pool; they take the place of those before."),
)
def send(visit: Visit) -> Reply:
    """The files that arrived, and the button that brings them in."""
    pool, uploads = visit.parts["pool"], visit.lists.get("upload", ())
    if not uploads:
        return Goto(share_page(pool))
    if not visit.posted:
        return _asked(visit, uploads, ())
    said = yes_or_no(visit.form, ("consent_conditioned", "consent_understood"))
    task, wrong = attempt(lambda: visit.act("contribute", pool=pool, uploads=list(uploads), **said))
    return after(share_page(pool), "begun") if task is not None else _asked(visit, uploads, wrong)


def _asked(visit: Visit, uploads: Sequence[str], wrong: Wrong) -> Shown:
    words, pool = visit.words, visit.parts["pool"]
    found: ShareView = visit.act("my_share", pool=pool)
    filled = Filled(words, visit.form, wrong)
    lines = [visit.act("upload_state", upload=one) for one in uploads]
    files = blocks.listing(words, [Item(title=one.name, aside=blocks.told_size(words, one.offset)) for one in lines])
    asked = _consent(filled) if found.pool.basis.value == "consent" else []
    controls = [*(hidden("upload", one) for one in uploads), hidden("do", "send"), *asked]
    body = [
        filled.summary(),
        blocks.section(words, say("The files that arrived"), files),
        blocks.form(words, *controls, action=share_page(pool, "send"), submit=say("Contribute"), csrf=visit.csrf),
        blocks.links(words, [Link(say("Back"), share_page(pool))], quiet=True),
    ]
    return Shown(title=say("Send files"), body=body, status=422 if wrong else 200)


def _consent(filled: Filled) -> list[Markup]:
    return [
        filled.pick("consent_conditioned", say("Did people get help or a service only if they agreed?"), YES_NO,
                    sort="one"),
        filled.pick("consent_understood", say("Did people understand, in their language, what they agreed to?"),
                    YES_NO, sort="one"),
    ]  # fmt: skip
