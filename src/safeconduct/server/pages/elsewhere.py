"""Facts from elsewhere: a census, registration totals, another agency's figures; added, listed, removed."""

from collections.abc import Sequence

from markupsafe import Markup

from safeconduct.actions.auxiliary import Auxiliary
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Option,
    button,
    empty_state,
    form,
    hidden,
    paragraph,
    plain_table,
    section,
    upload_form,
)
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page

HERE = "/assurance/elsewhere"
NEW = f"{HERE}/new"
HINT = say(
    "CSV with the columns area (a code), level (admin0 to admin3), day or first and last (YYYY-MM-DD), value (a whole "
    "number) and kind: people, at_most, at_least or events."
)
KINDS = (
    (say("people"), say("Exactly so many of the people counted here were there, such as everybody registered in a "
                        "camp.")),
    (say("at_most"), say("No more people were there, whoever they are, such as a census total.")),
    (say("at_least"), say("At least so many of the people counted here were there, such as arrivals in the news.")),
    (say("events"), say("Exactly so many events, such as another agency's figure.")),
)  # fmt: skip
LEAD = say("What somebody may know beside our figures. The numbers are kept sealed and told to nobody.")


@page(
    HERE,
    title=say("Known elsewhere"),
    menu="assurance",
    needs="deposit",
    about=say(
        "Facts that somebody may know beside our figures: a census, registrations in a camp, another agency's "
        "table. They are laid beside every answer in “What figures reveal together”, and used for nothing else. "
        "Their numbers are kept sealed and told to nobody."
    ),
)
def show(visit: Visit) -> Reply:
    """Facts that are there, and a form to send more."""
    wrong: Wrong = ()
    if visit.posted:
        _, wrong = attempt(lambda: visit.act("remove_auxiliary", auxiliary=visit.form.get("auxiliary", "")))
        if not wrong:
            return after(HERE, "saved")
    words = visit.words
    sending = upload_form(words, action="/uploads/form", csrf=visit.csrf, upload_api="/uploads", max_hint=HINT,
                          formats=".csv", carried={"next": NEW}, several=False)  # fmt: skip
    kinds = plain_table(words, [say("Kind"), say("What it says")], KINDS, caption=say("Kinds of facts"))
    body = [
        *done(visit),
        Filled(words, {}, wrong).summary(),
        section(words, say("Facts that are there"), _there(visit, visit.act("auxiliaries"))),
        section(words, say("Add facts"), sending, kinds),
    ]
    return Shown(title=say("Known elsewhere"), body=body, lead=LEAD, status=422 if wrong else 200)


def _there(visit: Visit, found: Sequence[Auxiliary]) -> Markup:
    words = visit.words
    if not found:
        return empty_state(words, say("No facts were added yet."), action=None)
    rows: list[list[Text | str | Markup]] = [
        [one.title, one.dataset, words.number(one.facts), words.moment(one.at),
         button(words, say("Remove"), action=HERE, csrf=visit.csrf, tone="quiet", values={"auxiliary": one.id})]
        for one in found
    ]  # fmt: skip
    columns = [say("What it is"), say("Data set"), say("Facts"), say("Added"), say("Remove")]
    return plain_table(words, columns, rows, caption=say("Facts from elsewhere"))


@page(
    NEW,
    title=say("Add facts from elsewhere"),
    menu="assurance",
    needs="deposit",
    listed=False,
    about=say(
        "What the file is that just arrived, and which data set it speaks of. Every line is checked before any is kept."
    ),
)
def new(visit: Visit) -> Reply:
    """Say what the file is that just arrived."""
    uploads = visit.lists.get("upload", ())
    if not uploads:
        return Goto(HERE)
    wrong: Wrong = ()
    if visit.posted:
        given = {name: visit.form.get(name, "") for name in ("title", "dataset")}
        _, wrong = attempt(lambda: visit.act("add_auxiliary", upload=uploads[0], **given))
        if not wrong:
            return after("/assurance/mosaic", "saved")
    words, filled = visit.words, Filled(visit.words, visit.form, wrong)
    options = [Option(one.dataset, one.dataset) for one in visit.act("sources")]
    asked = form(words, hidden("upload", uploads[0]),
                 filled.text("title", say("What it is"), bounds={"maxlength": "200"},
                             hint=say("Such as: Census 2019 by commune.")),
                 filled.pick("dataset", say("Data set it speaks of"), options), action=NEW, submit=say("Add facts"),
                 csrf=visit.csrf)  # fmt: skip
    again = paragraph(words, say("Where the file cannot be used, mend it and send it again."))
    body = [filled.summary(), asked, *([again] if wrong else [])]
    return Shown(title=say("Add facts from elsewhere"), body=body, lead=LEAD, status=422 if wrong else 200)
