"""Risk of a study's records: how easily somebody in them could be recognised; for insiders."""

from markupsafe import Markup

from safeconduct.actions.measuring import FileRisk, RiskSheet
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Link
from safeconduct.server.insiders import NOTE, lines_of, measured, shown_column, spread
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.steps import Way, study_address, the_way

LOOK_AGAIN_S = 2


@page(
    "/data/studies/{study}/risk",
    title=say("Risk"),
    menu="data",
    needs="measure",
    listed=False,
    about=say(
        "How easily somebody could be recognised in each table as it is now. The figures are for insiders: they are"
        " about records nobody released. That you looked is recorded."
    ),
)
def show(visit: Visit) -> Reply:
    """Measures of every table, once they are done; that somebody looked is recorded."""
    study = visit.parts["study"]
    found: RiskSheet = visit.act("measure", study=study)
    work = found.work
    body = [*([the_way(visit, study, Way.RISK)] if visit.may("describe") else [])]
    if work is not None and work.waits:
        body.append(blocks.progress(visit.words, step=work.step, steps=work.steps, says=work.says))
    elif work is not None and not found.files:
        body.append(blocks.notice(visit.words, work.says, tone="problem", title=say("The risk cannot be measured")))
    body += [_table(visit, one, at) for at, one in enumerate(found.files)]
    if found.files and visit.may("propose"):
        body.append(blocks.links(visit.words, [Link(say("Make it safer"), study_address(study, "treat"))]))
    busy = work is not None and work.waits
    return Shown(title=say("Risk of being recognised"), body=body, lead=NOTE, refresh_s=LOOK_AGAIN_S if busy else 0)


def _table(visit: Visit, risk: FileRisk, at: int) -> Markup:
    words = visit.words
    if not risk.lines:
        nothing = say("Nothing in this table helps to recognise anybody, as its variables were decided.")
        return blocks.section(words, Text(risk.file), blocks.paragraph(words, nothing))
    keys = words.listed([shown_column(one) for one in risk.keys])
    title = say("How easily somebody is recognised: {table}", table=risk.file)
    return blocks.section(
        words,
        Text(risk.file),
        blocks.paragraph(words, say("Somebody is taken to know: {keys}.", keys=keys)),
        blocks.measure_list(words, measured(words, title, risk), lines_of(risk)),
        blocks.risk_histogram(words, spread(words, risk), prefix=f"risk-{at}"),
    )
