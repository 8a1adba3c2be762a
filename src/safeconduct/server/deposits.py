"""The form of a deposit: what is asked when files are brought in, and how it is read back for the verb."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from safeconduct.actions.preparing import BasisLine
from safeconduct.actions.studies import StudyLine
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Option, hidden
from safeconduct.server.forms import YES_NO, Filled, days_of, told, yes_or_no

FORMATS = ".csv,.tsv,.txt,.zip,.xlsx,.xls,.dta,.sav,.zsav,.por,.sas7bdat,.xpt,.parquet,.feather,.dat,.dcf,.html,.xml"
BASES: Mapping[str, Text] = {
    "consent": say("Consent"),
    "contract": say("A contract"),
    "legal obligation": say("A legal obligation"),
    "vital interest": say("Vital interests"),
    "public interest": say("The public interest"),
    "legitimate interest": say("A legitimate interest"),
    "mandate": say("A mandate"),
}
OWNERS = (
    Option("own organisation", say("Our own organisation's")),
    Option("partner organisation", say("A partner's"), say("Then say which partner, and under which agreement.")),
)
TEXTS = ("study", "title", "collected_by", "partner", "agreement", "conditions")
DAYS = ("agreement_from", "agreement_until", "embargo_until")
QUESTIONS = ("consent_conditioned", "consent_understood")
HINTS = ("encoding", "delimiter", "sheet", "household", "key")
HINT_WORDS: Mapping[str, tuple[Text, Text]] = {
    "encoding": (say("Encoding"), say("How letters are written in a text file, such as utf-8 or latin-1.")),
    "delimiter": (say("Delimiter"), say("What stands between the columns of a text file, such as ; or a tab.")),
    "sheet": (say("Sheet"), say("Which sheet of a workbook holds the answers.")),
    "household": (say("Household column"), say("The column that says which rows belong to one household.")),
    "key": (
        say("Columns that tell rows apart"),
        say("Between commas, such as hhid, line. Without them a corrected file cannot be compared with this one."),
    ),
}


def deposit_given(form: Mapping[str, str], uploads: Sequence[str]) -> dict[str, object]:
    """What a filled-in form says, as the verb `deposit` takes it; what was left empty is left out."""
    found: dict[str, object] = {name: form.get(name, "").strip() for name in TEXTS}
    found |= days_of(form, DAYS)
    found |= yes_or_no(form, QUESTIONS)
    found |= {name: form[name] for name in ("basis", "owner", "wave_of") if form.get(name)}
    return {**found, "hints": hints_given(form), "uploads": list(uploads)}


def hints_given(form: Mapping[str, str]) -> dict[str, str]:
    """What a form says of reading the files."""
    return {name: text for name in HINTS if (text := form.get(name, "").strip(" "))}


def deposit_controls(
    filled: Filled, *, uploads: Sequence[str], bases: Sequence[BasisLine], studies: Sequence[StudyLine]
) -> list[Markup]:
    """Every control of the form, in the order people think: what it is, whose, on which ground, what follows."""
    words = filled.words
    return [
        *(hidden("upload", one) for one in uploads),
        blocks.section(words, say("What it is"), *_what(filled, studies)),
        blocks.section(words, say("Whose records they are"), *_whose(filled)),
        blocks.section(words, say("Why they may be here"), *_ground(filled, bases)),
        blocks.section(words, say("What was promised"), *_promised(filled)),
        blocks.details(words, say("How to read the files"), *hint_controls(filled)),
    ]


def _what(filled: Filled, studies: Sequence[StudyLine]) -> list[Markup]:
    kept = [one for one in studies if one.kept]
    waves = [Option("", say("No, it is the first")), *(Option(one.id, _named(filled, one)) for one in kept)]
    return [
        filled.text("study", say("Id of the study"), bounds={"maxlength": "100"},
                    hint=say("Letters, digits, -, _ and dots, such as UNHCR_ETH_2026. It stays for good.")),
        filled.text("title", say("Title"), bounds={"maxlength": "200"},
                    hint=say("What people call these files, such as Registration round 4.")),
        filled.text("collected_by", say("Who collected the records"), bounds={"maxlength": "200"}),
        *([filled.pick("wave_of", say("Is it the next round of a survey that is here?"), waves,
                       hint=say("Then roles and labels of the last round are proposed, and differences are told."))]
          if kept else []),
    ]  # fmt: skip


def _named(filled: Filled, study: StudyLine) -> str:
    return f"{study.id} {told(filled.words, study.title)}".strip()


def _whose(filled: Filled) -> list[Markup]:
    return [
        filled.pick("owner", say("They are"), OWNERS, sort="one"),
        filled.text("partner", say("Partner"), required=False, bounds={"maxlength": "200"}),
        filled.text("agreement", say("Agreement with the partner"), required=False, bounds={"maxlength": "200"},
                    hint=say("Its reference, such as DSA-2026-014.")),
        blocks.beside(
            filled.text("agreement_from", say("In force from"), sort="date", required=False),
            filled.text("agreement_until", say("In force until"), sort="date", required=False),
        ),
    ]  # fmt: skip


def _ground(filled: Filled, bases: Sequence[BasisLine]) -> list[Markup]:
    options = [Option(one.value, BASES.get(one.value, one.value), one.says) for one in bases]
    asked = (
        ("consent_conditioned", say("Did people get help or a service only if they agreed?")),
        ("consent_understood", say("Did people understand, in their language, what they agreed to?")),
    )
    return [
        filled.pick("basis", say("Legal basis"), options, sort="one"),
        *(filled.pick(name, label, YES_NO, sort="one", hint=say("Only where the basis is consent."))
          for name, label in asked),
    ]  # fmt: skip


def _promised(filled: Filled) -> list[Markup]:
    return [
        filled.text("conditions", say("Conditions of every use"), sort="textarea", required=False,
                    hint=say("What the owner asks of everybody who uses the records, in words.")),
        filled.text("embargo_until", say("Nothing is published before"), sort="date", required=False),
    ]  # fmt: skip


def hint_controls(filled: Filled) -> list[Markup]:
    """How to read files that do not say so themselves."""
    return [filled.text(name, label, hint=hint, required=False) for name, (label, hint) in HINT_WORDS.items()]
