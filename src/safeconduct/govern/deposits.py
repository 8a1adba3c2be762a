"""Deposits: whose records they are, on which legal basis they may be here, and what was promised about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from safeconduct.govern.forms import LONGEST_LINE, LONGEST_TEXT, Problem, missing, too_long
from safeconduct.govern.may import No, Yes, may
from safeconduct.govern.roles import Person, Role
from safeconduct.govern.states.machine import Part
from safeconduct.model.outcomes import Alternative
from safeconduct.model.text import Text, say


class Owner(StrEnum):
    """Whose records a deposit holds."""

    OWN = "own organisation"
    PARTNER = "partner organisation"


class Basis(StrEnum):
    """The legal basis records are held on: the General Data Protection Regulation's six and an organisation's mandate.

    The mandate is for international organisations whose own rules take the place of a country's law.
    """

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal obligation"
    VITAL_INTEREST = "vital interest"
    PUBLIC_INTEREST = "public interest"
    LEGITIMATE_INTEREST = "legitimate interest"
    MANDATE = "mandate"

    @property
    def says(self) -> Text:
        """What it means, for whoever has to choose."""
        return WORDS[self]

    @property
    def term(self) -> str:
        """The same in the W3C Data Privacy Vocabulary, `""` where that has no such thing."""
        word = "".join(part.capitalize() for part in self.value.split())
        return "" if self is Basis.MANDATE else f"https://w3id.org/dpv#{word}"


WORDS = {
    Basis.CONSENT: say("The people agreed, understood what they agreed to, and were free to say no."),
    Basis.CONTRACT: say("A contract with the people cannot be kept without these records."),
    Basis.LEGAL_OBLIGATION: say("A law obliges the organisation to hold these records."),
    Basis.VITAL_INTEREST: say("Lives or health depend on it."),
    Basis.PUBLIC_INTEREST: say("A task in the public interest, laid down in law, needs these records."),
    Basis.LEGITIMATE_INTEREST: say("The organisation's interest outweighs the people's, and that was written down."),
    Basis.MANDATE: say("The mandate of an international organisation and its own rules cover these records."),
}
"""What each basis means."""


@dataclass(frozen=True, kw_only=True)
class Deposit:
    """Files brought in, and what was said of them when they were.

    Attributes:
        id: Opaque and stable.
        study: Id of the study they belong to.
        title: What people call the deposit.
        depositor: Opaque account id of who brings them.
        owner: Whose records they are.
        partner: Name of the partner organisation, `""` for the own.
        basis: The legal basis, `None` while nobody chose.
        agreement: Reference of the agreement with the partner, `""` for none.
        agreement_from: First day that agreement is in force.
        agreement_until: Its last day.
        conditions: What the owner asks of every use, in words.
        embargo_until: First day something may be published; `None` for no embargo.
        consent_conditioned: Whether people got help or service only if they gave their data; `None` while nobody
            said.
        consent_understood: Whether people understood what they agreed to, in their language; `None` while nobody
            said.
        collected_by: Who collected the records.
        files: Names of the files.
        state: Where it is, a state of the table `deposit`.
    """

    id: str
    study: str
    title: str
    depositor: str
    owner: Owner = Owner.OWN
    partner: str = ""
    basis: Basis | None = None
    agreement: str = ""
    agreement_from: date | None = None
    agreement_until: date | None = None
    conditions: str = ""
    embargo_until: date | None = None
    consent_conditioned: bool | None = None
    consent_understood: bool | None = None
    collected_by: str = ""
    files: tuple[str, ...] = ()
    state: str = "receiving"


def problems(deposit: Deposit, *, today: date) -> tuple[Problem, ...]:
    """What a deposit must still say before its files are taken, field by field; nothing where it is complete."""
    return (*_texts(deposit), *_basis(deposit), *_agreement(deposit, today))


def _texts(deposit: Deposit) -> Iterator[Problem]:
    yield from missing("study", deposit.study, say("Say which study the files belong to."))
    yield from missing("title", deposit.title, say("Give the deposit a title."))
    yield from missing("collected_by", deposit.collected_by, say("Say who collected the records."))
    for field in ("title", "partner", "agreement", "collected_by"):
        yield from too_long(field, getattr(deposit, field), LONGEST_LINE)
    yield from too_long("conditions", deposit.conditions, LONGEST_TEXT)


def _basis(deposit: Deposit) -> Iterator[Problem]:
    if deposit.basis is None:
        yield Problem(field="basis", says=say("Choose the legal basis the records are held on."))
    if deposit.basis is not Basis.CONSENT:
        return
    if deposit.consent_conditioned is None:
        yield Problem(field="consent_conditioned", says=say("Say whether help or service depended on the consent."))
    if deposit.consent_conditioned:
        yield Problem(field="basis", says=CONDITIONED)
    if deposit.consent_understood is None:
        yield Problem(field="consent_understood", says=say("Say whether people understood what they agreed to."))
    if deposit.consent_understood is False:
        yield Problem(field="basis", says=NOT_UNDERSTOOD)


CONDITIONED = say("Consent that help or service depended on is no legal basis; choose another one or do not deposit.")
NOT_UNDERSTOOD = say("Consent that people did not understand is no legal basis; choose another one or do not deposit.")


def _agreement(deposit: Deposit, today: date) -> Iterator[Problem]:
    if deposit.owner is Owner.OWN:
        return
    yield from missing("partner", deposit.partner, say("Name the partner whose records these are."))
    yield from missing("agreement", deposit.agreement, say("Name the agreement with the partner."))
    if deposit.agreement_from is None:
        yield Problem(field="agreement_from", says=say("Say from when the agreement with the partner is in force."))
    elif today < deposit.agreement_from:
        yield Problem(field="agreement_from", says=say("The agreement with the partner is not in force yet."))
    if deposit.agreement_until is None:
        yield Problem(field="agreement_until", says=say("Say until when the agreement with the partner is in force."))
    elif today > deposit.agreement_until:
        yield Problem(field="agreement_until", says=say("The agreement with the partner is over; renew it first."))


def parts_in_deposit(person: Person, deposit: Deposit) -> frozenset[Part]:
    """What somebody is to a deposit; whoever may no longer deposit is not its author any more."""
    author = person.account == deposit.depositor and isinstance(may("deposit", person.roles), Yes)
    steward = Role.STEWARD in person.roles
    return frozenset({Part.AUTHOR} if author else ()) | frozenset({Part.STEWARD} if steward else ())


def may_deposit(person: Person, deposit: Deposit, *, today: date) -> Yes | No:
    """Whether files may be taken in: from whoever may bring them, in their own name, on a ground that holds today."""
    if isinstance(no := may("deposit", person.roles), No):
        return no
    if person.account != deposit.depositor:
        return No(reason="deposit.depositor", what=say("Somebody else began this deposit."))
    return _grounds(deposit, today)


def may_publish(deposit: Deposit, *, today: date) -> Yes | No:
    """Whether something made from a deposit may be published today; on the embargo's day itself it may.

    The ground it stood on when it came must still hold: an agreement that ended since ends publication too.
    """
    if deposit.state != "kept":
        return No(reason="deposit.not_kept", what=say("The records of this deposit are not kept."))
    if deposit.embargo_until and today < deposit.embargo_until:
        day = deposit.embargo_until.isoformat()
        return No(
            reason="deposit.embargo",
            what=say("There is an embargo: nothing of this study is published before {day}.", day=day),
            alternatives=(Alternative(says=say("Publish on {day} or later.", day=day)),),
        )
    return _grounds(deposit, today)


def _grounds(deposit: Deposit, today: date) -> Yes | No:
    found = problems(deposit, today=today)
    if not found:
        return Yes()
    return No(
        reason=f"deposit.{found[0].field}",
        what=found[0].says,
        alternatives=tuple(Alternative(says=one.says) for one in found[1:]),
    )
