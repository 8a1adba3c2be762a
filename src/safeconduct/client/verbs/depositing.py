"""Verbs of `actions.depositing` as methods. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any

from safeconduct.client.verbs.caller import Caller


class DepositingVerbs:
    """Verbs of `actions.depositing`."""

    def deposit(  # noqa: PLR0913 - the verb's arguments
        self: Caller,
        *,
        uploads: Sequence[str],
        study: str,
        title: str,
        collected_by: str,
        basis: str,
        owner: str = "own organisation",
        partner: str = "",
        agreement: str = "",
        agreement_from: str | None = None,
        agreement_until: str | None = None,
        conditions: str = "",
        embargo_until: str | None = None,
        consent_conditioned: bool | None = None,
        consent_understood: bool | None = None,
        wave_of: str = "",
        hints: Mapping[str, object] | None = None,
    ) -> Any:
        """Bring files in: one data set, on a legal basis, with the conditions under which it may be used.

        Args:
            uploads: Files sent before; a shell takes paths.
            study: Id of the study, letters, digits, `-`, `_` and dots.
            title: What people call the deposit.
            collected_by: Who collected the records.
            basis: The legal basis the records are held on.
            owner: Whose records they are.
            partner: Name of the partner organisation, for a partner's.
            agreement: Reference of the agreement with the partner.
            agreement_from: First day it is in force.
            agreement_until: Its last day.
            conditions: What the owner asks of every use.
            embargo_until: First day something may be published.
            consent_conditioned: Whether help or service depended on consent, where consent is the basis.
            consent_understood: Whether people understood what they agreed to, where consent is the basis.
            wave_of: Id of the study whose last wave this follows; its roles, labels and plan are proposed again.
            hints: How to read the files where they do not say: `encoding`, `delimiter`, `sheet`, `household`, `key`.
        """
        return self.call(
            "deposit",
            {
                "uploads": uploads,
                "study": study,
                "title": title,
                "collected_by": collected_by,
                "basis": basis,
                "owner": owner,
                "partner": partner,
                "agreement": agreement,
                "agreement_from": agreement_from,
                "agreement_until": agreement_until,
                "conditions": conditions,
                "embargo_until": embargo_until,
                "consent_conditioned": consent_conditioned,
                "consent_understood": consent_understood,
                "wave_of": wave_of,
                "hints": hints,
            },
        )

    def deposit_state(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """A deposit: what was said of it, where it is, what reading its files had to tell.

        Args:
            deposit: Its id.
        """
        return self.call("deposit_state", {"deposit": deposit})

    def deposits(
        self: Caller,
    ) -> Any:
        """Every deposit, the latest first."""
        return self.call("deposits", {})

    def read_again(
        self: Caller,
        *,
        deposit: str,
        hints: Mapping[str, object],
    ) -> Any:
        """Read a deposit's files again in another way, such as with another encoding.

        Args:
            deposit: Its id.
            hints: `encoding`, `delimiter`, `sheet`, `household`.
        """
        return self.call("read_again", {"deposit": deposit, "hints": hints})

    def wave_differences(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """How a deposit differs from the last wave of the same survey, variable by variable.

        Args:
            deposit: Its id.
        """
        return self.call("wave_differences", {"deposit": deposit})

    def withdraw_deposit(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """Withdraw a deposit whose records are not kept yet; its files are destroyed, their keys first.

        Args:
            deposit: Its id.
        """
        return self.call("withdraw_deposit", {"deposit": deposit})
