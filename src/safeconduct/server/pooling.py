"""What pages of pools share: addresses, words, and the form in which a pool is opened."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from markupsafe import Markup

from safeconduct.actions.pools import PoolView
from safeconduct.actions.preparing import BasisLine
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Choice, Option
from safeconduct.present.words import Words
from safeconduct.server.deposits import BASES
from safeconduct.server.forms import YES_NO, Filled, days_of, yes_or_no

HERE, MINE = "/data/pools", "/data/pools/mine"
LOOK_AGAIN_S = 2
STANDARDS: Mapping[str, Text] = {
    "htcds": say("Human Trafficking Case Data Standard 2.0"),
    "ic_tip": say("The units of IC-TIP, from the fields of HTCDS; provisional"),
    "ctdc": say("The columns of CTDC's public files; provisional"),
}
KEEPS: Mapping[str, Text] = {
    "the organisation that contributed first": say("The organisation that contributed first"),
    "the record with the most answers": say("The record with the most answers"),
}
MATCHES: Mapping[str, Text] = {
    "name and date of birth": say("Name and date of birth"),
    "telephone": say("Telephone"),
    "identity number": say("Identity number"),
    "e-mail": say("E-mail"),
    "digest made offline": say("Digests that organisations made themselves"),
}
TEXTS = ("title", "study", "purpose", "agreement", "offline_column")
DAYS = ("freeze_on", "agreement_from", "agreement_until")
CHOICES = ("standard", "basis", "keep")
QUESTIONS = ("members_known", "contributor_leaves", "phonetic")


def pool_page(pool: str) -> str:
    """The host's page of a pool."""
    return f"{HERE}/{quote(pool, safe='')}"


def share_page(pool: str, part: str = "") -> str:
    """The page of one's own share of a pool, or of one part of it."""
    return f"{MINE}/{quote(pool, safe='')}" + (f"/{part}" if part else "")


def organisations_in(text: str) -> list[str]:
    """Organisations as a form has them, one a line."""
    return [one.strip() for one in text.splitlines() if one.strip()]


def pool_given(form: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """What a filled-in form says, as the verb `open_pool` takes it."""
    found: dict[str, object] = {name: form.get(name, "").strip() for name in TEXTS}
    found |= days_of(form, DAYS)
    found |= yes_or_no(form, QUESTIONS)
    found |= {name: form[name] for name in CHOICES if form.get(name)}
    return {**found, "organisations": organisations_in(form.get("organisations", "")),
            "match_by": list(lists.get("match_by", ()))}  # fmt: skip


def pool_controls(filled: Filled, *, bases: Sequence[BasisLine], matched: Sequence[str]) -> list[Markup]:
    """Every control of the form, in the order people think."""
    words = filled.words
    return [
        blocks.section(words, say("What it is"), *_what(filled)),
        blocks.section(words, say("Who contributes, on which ground"), *_who(filled, bases)),
        blocks.section(words, say("One person, several records"), *_doubles(filled, matched)),
    ]


def _what(filled: Filled) -> list[Markup]:
    return [
        filled.text("title", say("Title"), bounds={"maxlength": "200"}),
        filled.text("purpose", say("What it is for"), sort="textarea", hint=say("Every contributor reads this.")),
        filled.text("study", say("Id of the study"), bounds={"maxlength": "100"},
                    hint=say("The pooled records will belong to it. It must have no records yet.")),
        filled.pick("standard", say("Standard every share is brought into"),
                    [Option(name, says) for name, says in STANDARDS.items()], sort="one"),
        filled.text("freeze_on", say("First day it may be frozen"), sort="date",
                    hint=say("Until then every organisation may withdraw.")),
    ]  # fmt: skip


def _who(filled: Filled, bases: Sequence[BasisLine]) -> list[Markup]:
    options = [Option(one.value, BASES.get(one.value, one.value), one.says) for one in bases]
    return [
        filled.text("organisations", say("Organisations"), sort="textarea",
                    hint=say("At least three, one a line, as their people's accounts name them.")),
        filled.pick("members_known", say("May members read each other's names?"), YES_NO, sort="one",
                    hint=say("Never more than the names: neither how many records, nor what is in them.")),
        filled.text("agreement", say("Agreement between the organisations"), bounds={"maxlength": "200"},
                    hint=say("Its reference, such as DSA-2026-014.")),
        blocks.beside(
            filled.text("agreement_from", say("In force from"), sort="date"),
            filled.text("agreement_until", say("In force until"), sort="date"),
        ),
        filled.pick("basis", say("Legal basis"), options, sort="one"),
        filled.pick("contributor_leaves", say("Does the agreement let files say which organisation a record is from?"),
                    YES_NO, sort="one", hint=say("Coded, never by name. If nobody agreed, say no.")),
    ]  # fmt: skip


def _doubles(filled: Filled, matched: Sequence[str]) -> list[Markup]:
    sorts = Choice(name="match_by", label=say("Records of one person are found by"), sort="many", chosen=matched,
                   options=[Option(name, says) for name, says in MATCHES.items()],
                   hint=say("Nobody sees these values: keyed digests of them are compared."),
                   error=filled.error("match_by"))  # fmt: skip
    return [
        blocks.choice(filled.words, sorts),
        filled.pick("phonetic", say("Compare names as they sound?"), YES_NO, sort="one"),
        filled.pick("keep", say("Of several records of one person the pool holds"),
                    [Option(name, says) for name, says in KEEPS.items()], sort="one"),
        filled.text("offline_column", say("Column with digests that organisations made"), required=False,
                    hint=say("Only where organisations make digests themselves, with a salt they share.")),
    ]  # fmt: skip


def agreed(words: Words, found: PoolView) -> Markup:
    """What was agreed, as the host reads it."""
    pool = found.pool
    return blocks.key_values(words, [
        (say("Purpose"), pool.purpose),
        (say("Study"), pool.study),
        (say("Standard"), STANDARDS[pool.standard.value]),
        (say("May be frozen from"), words.day(pool.freeze_on)),
        (say("Agreement"), pool.agreement),
        (say("The agreement runs"), words.days(pool.agreement_from, pool.agreement_until)),
        (say("Legal basis"), BASES.get(pool.basis.value, pool.basis.value)),
        (say("Of one person's records the pool holds"), KEEPS[pool.keep.value]),
    ])  # fmt: skip
