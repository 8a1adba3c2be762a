"""The description of a study, part by part, in the languages people write; and how much is still missing."""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

from markupsafe import Markup

from safeconduct.actions.studies import StudyView
from safeconduct.model.text import say
from safeconduct.present import blocks
from safeconduct.present.blocks import Input, Link
from safeconduct.server.describing import PARTS, Part, after, controls, label_of, languages_in, part_of, read_part
from safeconduct.server.forms import Filled, Wrong, attempt, done
from safeconduct.server.forms import after as goto_after
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.steps import Way, study_address, the_way

DDI = ".xml,.ddi"
LONGEST_CODE = 12


@page(
    "/data/studies/{study}/describe",
    title=say("Describe"),
    menu="data",
    needs="describe",
    listed=False,
    about=say(
        "What others read about the study in the catalogue, part by part. It may be written before the files come; "
        "nothing of it comes from records."
    ),
)
def show(visit: Visit) -> Reply:
    """One part of the description, to be read and written."""
    found: StudyView = visit.act("study_description", study=visit.parts["study"])
    part = part_of(visit.query.get("part", ""))
    wrong: Wrong = ()
    if visit.posted:
        reply, wrong = attempt(lambda: _changed(visit, found, part))
        if reply is not None:
            return reply
    title, _ = PARTS[part]
    body = [
        the_way(visit, found.study.id, Way.DESCRIBE),
        *done(visit),
        blocks.error_summary(visit.words, wrong),
        _meter(visit, found),
        _parts(visit, found, part),
        blocks.section(visit.words, title, _form(visit, found, part, wrong)),
        *_beside(visit, found),
    ]
    return Shown(title=say("The description"), body=body, status=422 if wrong else 200)


@page("/data/studies/{study}/describe/import", title=say("Take a description over"), menu="data", needs="describe",
      listed=False,
    about=say(
        "Take a description over from a DDI file. Numbers about the records in it are left out, since nobody has "
        "checked them; everything else is kept."
    ),
)  # fmt: skip
def take_over(visit: Visit) -> Reply:
    """Take over a description that was just sent as a DDI file."""
    study, upload = visit.parts["study"], visit.query.get("upload", "")
    back = study_address(study, "describe")
    reply, wrong = attempt(lambda: visit.act("import_description", study=study, upload=upload))
    if reply is not None:
        return goto_after(back, "imported")
    body = [blocks.error_summary(visit.words, wrong), blocks.links(visit.words, [Link(say("Back"), back)])]
    return Shown(title=say("Take a description over"), body=body, status=422)


def _changed(visit: Visit, found: StudyView, part: Part) -> Goto:
    study = found.study.id
    if visit.form.get("do") == "publish":
        visit.act("publish_description", study=study)
        return goto_after(study_address(study), "published")
    changed = read_part(visit.form, part, found.study)
    if changed:
        visit.act("describe_study", study=study, fields=changed)
    following = part if visit.query.get("stay") else after(part) or part
    return goto_after(_address(study, following), "saved")


def _address(study: str, part: Part, **more: str) -> str:
    return f"{study_address(study, 'describe')}?{urlencode({'part': part.value, **more})}"


def _meter(visit: Visit, found: StudyView) -> Markup:
    study = found.study.id
    missing = [Link(label_of(one), f"{_address(study, part_of(one))}#{quote(one)}") for one in found.missing]
    required = len(found.required)
    return blocks.requirement_meter(visit.words, done=required - len(missing), of=required, missing=missing)


def _parts(visit: Visit, found: StudyView, now: Part) -> Markup:
    """The parts beside each other, and the variables."""
    study = found.study.id
    links = [Link(title, _address(study, part)) for part, (title, _) in PARTS.items()]
    variables = Link(say("Variables"), study_address(study, "describe", "variables"))
    every = [*links, *([variables] if found.files else [])]
    return blocks.siblings(visit.words, every, current=_address(study, now))


def _form(visit: Visit, found: StudyView, part: Part, wrong: Wrong) -> Markup:
    study, filled = found.study, Filled(visit.words, visit.form, wrong)
    asked = controls(filled, study, part, _languages(visit, found))
    more = {"language": visit.query["language"]} if visit.query.get("language") else {}
    stay = (_address(study.id, part, stay="yes", **more), say("Save and stay here"))
    last = after(part) is None
    return blocks.form(visit.words, *asked, action=_address(study.id, part, **more), csrf=visit.csrf,
                       submit=say("Save") if last else say("Save and go on"),
                       second=None if last else stay)  # fmt: skip


def _languages(visit: Visit, found: StudyView) -> Sequence[str]:
    """Languages to write in: the site's, those the description is in already, and one somebody asks for."""
    asked = visit.query.get("language", "").strip().lower()[:LONGEST_CODE]
    return tuple(
        dict.fromkeys([*visit.site.settings.languages, *languages_in(found.study), *([asked] if asked else [])])
    )


def _beside(visit: Visit, found: StudyView) -> list[Markup]:
    """Another language, another file, and showing it in the catalogue."""
    words, study = visit.words, found.study.id
    language = Input(name="language", label=say("Code of the language"), hint=say("Such as ar, es or so."),
                     bounds={"maxlength": "12"})  # fmt: skip
    part = part_of(visit.query.get("part", "")).value
    ask = blocks.form(words, blocks.hidden("part", part), blocks.field(words, language),
                      action=study_address(study, "describe"), submit=say("Add it"))  # fmt: skip
    taken = blocks.upload_form(
        words, action="/uploads/form", csrf=visit.csrf, upload_api="/uploads", formats=DDI,
        max_hint=say("A DDI Codebook 2.5 file; what it says is written over what stands here."),
        carried={"next": study_address(study, "describe", "import")}, several=False,
    )  # fmt: skip
    shown = blocks.button(words, say("Show the description in the catalogue"), csrf=visit.csrf,
                          action=study_address(study, "describe"), values={"do": "publish"}, tone="quiet")  # fmt: skip
    return [
        blocks.details(words, say("Write in another language too"), ask),
        blocks.details(words, say("Take the description from a file"), taken),
        *([] if found.missing else [shown]),
    ]
