"""Verbs of `actions.survey_servers` as methods. Generated from actions by 'just fix'; do not edit."""

from typing import Any

from safeconduct.client.verbs.caller import Caller


class SurveyServersVerbs:
    """Verbs of `actions.survey_servers`."""

    def connect_survey(  # noqa: PLR0913 - the verb's arguments
        self: Caller,
        *,
        server: str,
        form: str,
        study: str,
        title: str,
        collected_by: str,
        basis: str,
        every_hours: int = 0,
        owner: str = "own organisation",
        partner: str = "",
        agreement: str = "",
        agreement_from: str | None = None,
        agreement_until: str | None = None,
        conditions: str = "",
        embargo_until: str | None = None,
        consent_conditioned: bool | None = None,
        consent_understood: bool | None = None,
    ) -> Any:
        """Have the interviews of a form pulled from a server that the site's settings name; nothing is pulled yet.

        Args:
            server: Its name under `[[servers]]` in the site's settings.
            form: Kobo: the form's `uid`. ODK Central: the project's number, `/` and the form's id.
            study: Id of the study the interviews belong to.
            title: What people call the deposits that are made of them.
            collected_by: Who collects the records.
            basis: The legal basis the records are held on.
            every_hours: Hours from one pull to the next, up to 2,160; 0 to pull on somebody's word only.
            owner: Whose records they are.
            partner: Name of the partner organisation, for a partner's.
            agreement: Reference of the agreement with the partner; where it ends, pulls end.
            agreement_from: First day it is in force.
            agreement_until: Its last day.
            conditions: What the owner asks of every use.
            embargo_until: First day something may be published.
            consent_conditioned: Whether help or service depended on consent, where consent is the basis.
            consent_understood: Whether people understood what they agreed to, where consent is the basis.
        """
        return self.call(
            "connect_survey",
            {
                "server": server,
                "form": form,
                "study": study,
                "title": title,
                "collected_by": collected_by,
                "basis": basis,
                "every_hours": every_hours,
                "owner": owner,
                "partner": partner,
                "agreement": agreement,
                "agreement_from": agreement_from,
                "agreement_until": agreement_until,
                "conditions": conditions,
                "embargo_until": embargo_until,
                "consent_conditioned": consent_conditioned,
                "consent_understood": consent_understood,
            },
        )

    def disconnect_survey(
        self: Caller,
        *,
        connection: str,
    ) -> Any:
        """End the connection to a survey for good; deposits stay, what was remembered of its interviews goes.

        Args:
            connection: Its id.
        """
        return self.call("disconnect_survey", {"connection": connection})

    def pause_survey(
        self: Caller,
        *,
        connection: str,
        paused: bool = True,
    ) -> Any:
        """Stop pulling a survey by the clock, or go on with it.

        Args:
            connection: Its id.
            paused: Whether to stop; `False` to go on.
        """
        return self.call("pause_survey", {"connection": connection, "paused": paused})

    def pull_survey(
        self: Caller,
        *,
        connection: str,
    ) -> Any:
        """Pull a survey now; where something changed on the server, a deposit is made of it.

        Args:
            connection: Its id.
        """
        return self.call("pull_survey", {"connection": connection})

    def survey_servers(
        self: Caller,
    ) -> Any:
        """Names of the servers that surveys may be pulled from; the site's settings name them."""
        return self.call("survey_servers", {})

    def surveys_connected(
        self: Caller,
    ) -> Any:
        """Every survey that is pulled from a server: when it was last, what came of it, when it is again."""
        return self.call("surveys_connected", {})
