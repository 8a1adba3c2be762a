"""The request for files as a form in six parts: what each asks, and how what was sent is read back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from safeconduct.actions.applications import RequestView
from safeconduct.actions.profiles import KINDS
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Choice,
    GroupCell,
    Item,
    Option,
    Terms,
    choice,
    details,
    notice,
    paragraph,
    read_rows,
    repeated_group,
    terms,
)
from safeconduct.server.forms import YES_NO, Filled

Written = dict[str, object]
Lists = Mapping[str, tuple[str, ...]]
CELLS = (
    GroupCell(key="name", label=say("Name")),
    GroupCell(key="title", label=say("What they are"), hint=say("PhD student")),
    GroupCell(key="affiliation", label=say("Organisation")),
    GroupCell(key="login", label=say("Login here")),
    GroupCell(key="key", label=say("Public key"), hint=say("age1… or ssh-ed25519 …")),
)
LONG = {"maxlength": "6000"}
LINE = {"maxlength": "300"}


@dataclass(frozen=True, kw_only=True)
class FormPart:
    """One part of the form.

    Attributes:
        name: Its word in the address.
        title: What people call it.
        fields: Names of what it asks, as problems name them.
        shows: Its controls.
        reads: What was sent, as the verb takes it.
    """

    name: str
    title: Text
    fields: tuple[str, ...]
    shows: Callable[[RequestView, Filled], Sequence[Markup]]
    reads: Callable[[Mapping[str, str], Lists], Written]


def values_of(view: RequestView) -> dict[str, str]:
    """What stands in the form's controls now."""
    asked = view.request
    plain = {name: getattr(asked, name) for part in PARTS for name in part.fields if hasattr(asked, name)}
    return {name: _as_text(value) for name, value in plain.items() if not isinstance(value, tuple)}


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _organisation(_view: RequestView, filled: Filled) -> list[Markup]:
    kinds = [Option(value, says) for value, says in KINDS]
    employed = say("I am employed there, it is legally registered, and I answer for the team.")
    return [
        filled.text("organisation", say("Organisation that would receive the files"), bounds=LINE,
                    autocomplete="organization"),
        filled.pick("kind", say("What sort of organisation it is"), kinds, sort="one"),
        _tick(filled, "registered", say("The lead researcher"), employed),
        filled.text("address", say("Its postal address"), bounds=LINE, autocomplete="street-address"),
        filled.text("telephone", say("Its telephone number"), bounds=LINE, autocomplete="tel"),
        filled.text("country", say("Country in which the files would be used"),
                    hint=say("Its code of three letters, such as ETH or CHE."),
                    bounds={"maxlength": "3", "pattern": "[A-Za-z]{3}"}),
    ]  # fmt: skip


def _tick(filled: Filled, name: str, label: Text, says: Text) -> Markup:
    control = Choice(name=name, label=label, options=[Option("yes", says)], sort="many", error=filled.error(name),
                     chosen=[filled.values.get(name, "")])  # fmt: skip
    return choice(filled.words, control)


def _work(_view: RequestView, filled: Filled) -> list[Markup]:
    area: dict[str, Any] = {"sort": "textarea", "bounds": LONG}
    return [
        filled.text("question", say("The question your work answers"), **area),
        filled.text("objectives", say("What it is to achieve"), **area),
        filled.text("methods", say("How you will work with the files"), **area),
        filled.text("outputs", say("What comes out of it"), hint=say("A report, a paper, a map, figures for a plan."),
                    **area),
        filled.text("dissemination", say("How and to whom results are made known"), **area),
        filled.text("partners", say("Who else takes part, without having the files"), required=False, **area),
        filled.text("completion", say("Day on which the work ends"), sort="date",
                    hint=say("The files must be destroyed after it.")),
        filled.text("ethics", say("Reference of an ethics board's approval"), required=False, bounds=LINE),
    ]  # fmt: skip


def _team(view: RequestView, filled: Filled) -> list[Markup]:
    words = filled.words
    stands = read_rows(filled.values, "team", [one.key for one in CELLS])
    rows = stands or [
        {"name": one.name, "title": one.title, "affiliation": one.affiliation, "key": one.key,
         "login": view.logins.get(one.account, "")}
        for one in view.request.team
    ]  # fmt: skip
    wrong = filled.error("team") or filled.error("key")
    return [
        paragraph(words, say("Everybody who would have the files, you too. Nobody else may have them."),
                  say("Each needs an account of their own here; without one they get nothing.")),
        *([notice(words, wrong, tone="problem")] if wrong else ()),
        repeated_group(words, "team", say("The team"), cells=CELLS, rows=rows, required=True),
        details(words, say("What a public key is for"), paragraph(words, say(
            "Files can be encrypted so that one person only opens them. Programs such as age or ssh-keygen make a pair "
            "of keys; paste the public one. Keep the other to yourself: we never ask for it."))),
    ]  # fmt: skip


def _variables(view: RequestView, filled: Filled) -> list[Markup]:
    words = filled.words
    whole = (Option("yes", say("All variables")), Option("no", say("Only those ticked below")))
    chosen = [f"{one.file}/{one.name}" for one in view.request.variables]
    kept = [Option(one, one) for one in chosen]
    basket = say("To ask for more, put them into your basket in the catalogue, then tick the line below and save.")
    subset = Choice(name="variables", label=say("Variables you ask for"), options=kept, chosen=chosen, sort="many",
                    error=filled.error("variables"))  # fmt: skip
    merged = say("Which files they would be merged with")
    return [
        filled.pick("whole", say("What you need"), whole, sort="one",
                    hint=say("Asking for fewer variables is less risky for the people in the files.")),
        choice(words, subset) if kept else paragraph(words, say("No variable is chosen yet.")),
        _tick(filled, "from_basket", basket, say("Add what is in my basket of this study")),
        filled.pick("merges", say("Will the files be merged with others?"), YES_NO, sort="one"),
        filled.text("merged_with", merged, required=False, sort="textarea", bounds=LONG),
    ]  # fmt: skip


def _use(view: RequestView, filled: Filled) -> list[Markup]:
    words = filled.words
    purposes = [Option(one.code, one.title, one.says) for one in view.purposes]
    later = Choice(name="downstream", label=say("What else it may be used for afterwards"), options=purposes,
                   chosen=view.request.downstream, sort="many", error=filled.error("downstream"),
                   hint=say("Tick nothing where there is nothing else."))  # fmt: skip
    return [
        filled.pick("purpose", say("What the files are for"), purposes, sort="one",
                    hint=say("These are the purposes the study is open for. There is no other.")),
        details(words, say("Other uses, later"), choice(words, later)),
        filled.pick("commercial", say("Does anybody earn money with this work?"), YES_NO, sort="one"),
    ]  # fmt: skip


def _agreement(view: RequestView, filled: Filled) -> list[Markup]:
    words = filled.words
    clauses = Terms(
        title=say("What everybody in the team accepts"),
        clauses=view.terms.told(words.language),
        digest=view.terms.id,
        accepts="",
        prevails=say("Where languages differ, the English text counts."),
    )
    agreed = say("I read the agreement. My team and I will abide by it.")
    return [terms(words, clauses), _tick(filled, "agreed", say("Your word"), agreed)]


def _read_organisation(form: Mapping[str, str], _lists: Lists) -> Written:
    names = ("organisation", "kind", "address", "telephone")
    return {**_texts(form, names), "country": form.get("country", "").strip().upper(),
            "registered": form.get("registered") == "yes"}  # fmt: skip


def _texts(form: Mapping[str, str], names: Sequence[str]) -> Written:
    return {name: form.get(name, "").strip() for name in names}


def _read_work(form: Mapping[str, str], _lists: Lists) -> Written:
    names = ("question", "objectives", "methods", "outputs", "dissemination", "partners", "ethics", "completion")
    return _texts(form, names)


def _read_team(form: Mapping[str, str], _lists: Lists) -> Written:
    return {"team": read_rows(form, "team", [one.key for one in CELLS])}


def _read_variables(form: Mapping[str, str], lists: Lists) -> Written:
    chosen = [one.partition("/") for one in lists.get("variables", ())]
    return {
        "whole": _answer(form, "whole"),
        "variables": [{"file": file, "name": name} for file, _, name in chosen],
        "merges": _answer(form, "merges"),
        **_texts(form, ("merged_with",)),
    }


def _answer(form: Mapping[str, str], name: str) -> bool | None:
    return {"yes": True, "no": False}.get(form.get(name, ""))


def _read_use(form: Mapping[str, str], lists: Lists) -> Written:
    return {
        **_texts(form, ("purpose",)),
        "downstream": list(lists.get("downstream", ())),
        "commercial": _answer(form, "commercial"),
    }


def _read_agreement(form: Mapping[str, str], _lists: Lists) -> Written:
    return {"agreed": form.get("agreed") == "yes"}


PARTS = (
    FormPart(name="organisation", title=say("Organisation"), shows=_organisation, reads=_read_organisation,
             fields=("organisation", "kind", "registered", "address", "telephone", "country")),
    FormPart(name="work", title=say("Your work"), shows=_work, reads=_read_work,
             fields=("question", "objectives", "methods", "outputs", "dissemination", "partners", "completion",
                     "ethics")),
    FormPart(name="team", title=say("Team"), shows=_team, reads=_read_team, fields=("team", "key")),
    FormPart(name="variables", title=say("Variables"), shows=_variables, reads=_read_variables,
             fields=("whole", "variables", "merges", "merged_with")),
    FormPart(name="use", title=say("Use"), shows=_use, reads=_read_use,
             fields=("purpose", "downstream", "commercial")),
    FormPart(name="agreement", title=say("Agreement"), shows=_agreement, reads=_read_agreement, fields=("agreed",)),
)  # fmt: skip
"""The parts, in order."""


def part_of(name: str) -> FormPart | None:
    """The part of that name."""
    return next((one for one in PARTS if one.name == name), None)


def part_asking(field: str) -> FormPart:
    """The part that asks for a field; the first one for what no part asks."""
    return next((one for one in PARTS if field in one.fields), PARTS[0])


def after(name: str) -> str:
    """The word of the part that follows, `""` after the last."""
    names = [one.name for one in PARTS]
    return names[names.index(name) + 1] if name != names[-1] else ""


def told(view: RequestView) -> list[tuple[Text, str | Text]]:
    """What a request says, in order, for those who read it."""
    asked = view.request
    titles = {one.code: one.title for one in view.purposes}
    kinds = dict(KINDS)
    texts: dict[Text, str | Text] = {
        say("Organisation"): asked.organisation,
        say("What sort of organisation it is"): kinds.get(asked.kind or "", ""),
        say("Country in which the files would be used"): asked.country,
        say("Postal address"): asked.address,
        say("Telephone"): asked.telephone,
        say("The question"): asked.question,
        say("What it is to achieve"): asked.objectives,
        say("How they will work with the files"): asked.methods,
        say("What comes out of it"): asked.outputs,
        say("How and to whom results are made known"): asked.dissemination,
        say("Who else takes part"): asked.partners,
        say("Day on which the work ends"): _day(asked.completion),
        say("Approval of an ethics board"): asked.ethics,
        say("What the files are for"): titles.get(asked.purpose, asked.purpose),
        say("Does anybody earn money with this work?"): yes_no(asked.commercial),
        say("Merged with other files?"): yes_no(asked.merges),
        say("Which files they would be merged with"): asked.merged_with,
    }
    return [(title, said) for title, said in texts.items() if said]


def _day(day: date | None) -> Text | str:
    """A day, told the way a reader's language tells days."""
    return Text("{day}", {"day": day.isoformat()}) if day else ""


def yes_no(answer: bool | None) -> Text:  # noqa: FBT001 - turns one into the other
    """An answer of the form, in words."""
    return say("nobody said") if answer is None else say("Yes") if answer else say("No")


def team_items(view: RequestView) -> list[Item]:
    """Everybody in the team, for those who decide."""
    return [
        Item(title=one.name, says=", ".join(part for part in (one.title, one.affiliation) if part),
             aside=say("has an account") if one.account else say("has no account"))
        for one in view.request.team
    ]  # fmt: skip


def variables_asked(view: RequestView) -> list[Item]:
    """Variables a request asks for; none where it asks for all."""
    return [Item(title=one.name, aside=one.file) for one in view.request.variables]
