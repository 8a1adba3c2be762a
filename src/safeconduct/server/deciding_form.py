"""The vote of the access committee as a form: what is decided, why, and what would be granted."""

from collections.abc import Mapping

from markupsafe import Markup

from safeconduct.actions.applications import RequestView
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Choice, Option, choice, details, form, hidden, paragraph
from safeconduct.server.forms import Filled
from safeconduct.server.page import Visit

MOST_DOWNLOADS, USUAL_DOWNLOADS, MOST_DIGITS = 20, 3, 3
DECISIONS: Mapping[str, Text] = {
    "approve": say("Grant it"),
    "return": say("Ask for changes"),
    "reject": say("Do not grant it"),
}


def decision_name(decision: str) -> Text:
    """What a member voted for, in words."""
    return DECISIONS[decision]


def decision_form(visit: Visit, view: RequestView, filled: Filled, *, action: str) -> Markup:
    """The vote; what would be granted is asked below it."""
    words = visit.words
    options = [Option(value, says) for value, says in DECISIONS.items()]
    return form(
        words,
        filled.summary(),
        hidden("do", "vote"),
        filled.pick("decision", say("What should happen"), options, sort="one"),
        filled.text("reasons", say("Your reasons"), sort="textarea",
                    hint=say("The applicant reads them. Write nothing about single people.")),
        details(words, say("What is granted"), *_grant(view, filled)),
        action=action,
        submit=say("Vote"),
        csrf=visit.csrf,
    )  # fmt: skip


def _grant(view: RequestView, filled: Filled) -> list[Markup]:
    words, ends = filled.words, view.request.completion
    usual = {"until": ends.isoformat() if ends else "", "downloads": str(USUAL_DOWNLOADS)}
    asked = Filled(words, {**usual, **filled.values}, filled.wrong)
    sealed = Choice(name="encrypted", label=say("How the files come"), sort="many", error=asked.error("encrypted"),
                    chosen=[asked.values.get("encrypted", "")], options=[Option("yes", say(
                        "Encrypted to each person's public key, and no other way"))])  # fmt: skip
    return [
        paragraph(words, say("It holds for everybody in the team, if the request is granted.")),
        asked.text("until", say("Last day"), sort="date", required=False,
                   hint=say("No later than the day on which the work ends.")),
        asked.text("downloads", say("How often each file may be downloaded"), sort="number", required=False,
                   bounds={"min": "1", "max": str(MOST_DOWNLOADS)}),
        choice(words, sealed),
        asked.text("networks", say("Networks it may be downloaded from"), sort="textarea", required=False,
                   hint=say("One a line, such as 192.0.2.0/24; nothing for any network.")),
        asked.text("conditions", say("Further conditions"), sort="textarea", required=False,
                   hint=say("Each person accepts them together with the agreement.")),
    ]  # fmt: skip


def read_decision(sent: Mapping[str, str]) -> dict[str, object]:
    """What the form says, as the verb takes it.

    Raises:
        BadInput: Nothing was chosen.
    """
    if not sent.get("decision"):
        raise BadInput(say("Choose what should happen."), field="decision")
    downloads = sent.get("downloads", "").strip()
    told: dict[str, object] = {
        "decision": sent["decision"],
        "reasons": sent.get("reasons", ""),
        "encrypted": sent.get("encrypted") == "yes",
        "conditions": sent.get("conditions", "").strip(),
        "downloads": int(downloads) if downloads.isdecimal() and len(downloads) <= MOST_DIGITS else 0,
    }
    networks = sent.get("networks", "").split()
    until = sent.get("until", "").strip()
    return told | ({"networks": networks} if networks else {}) | ({"until": until} if until else {})
