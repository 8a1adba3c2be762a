"""Every verb as a method. Generated from actions by 'just fix'; do not edit."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class Caller(Protocol):
    """What carries a verb to a site."""

    def call(self, verb: str, arguments: Mapping[str, object] | None = None) -> Any:
        """Call a verb by name."""

    def file(self, verb: str, arguments: Mapping[str, object]) -> bytes:
        """The bytes of a file that a verb gives."""


class VerbMethods:
    """Every verb as a method."""

    def accept_licence(
        self: Caller,
        *,
        licence: str,
        offer: str,
    ) -> Any:
        """Accept the terms of a licence of yours; each person of a team does so alone.

        Args:
            licence: Its id.
            offer: What you read, as `licence_state` tells it; words that changed since must be read again.
        """
        return self.call("accept_licence", {"licence": licence, "offer": offer})

    def accept_roles_sheet(
        self: Caller,
        *,
        deposit: str,
        sheet: str,
    ) -> Any:
        """Accept a spreadsheet of roles whose differences you looked at.

        Args:
            deposit: Its id.
            sheet: Its id, as `compare_roles_sheet` told it.
        """
        return self.call("accept_roles_sheet", {"deposit": deposit, "sheet": sheet})

    def add_person(
        self: Caller,
        *,
        login: str,
        name: str,
        password: str,
        roles: Sequence[str],
    ) -> Any:
        """Add a person; they sign in with password and a code from an authenticator app.

        Args:
            login: What they sign in with, lower-case letters, digits, dots and dashes.
            name: Their name; kept encrypted.
            password: At least 12 characters.
            roles: One or more of steward, engineer, analyst, dpo, auditor.
        """
        return self.call("add_person", {"login": login, "name": name, "password": password, "roles": roles})

    def agree(  # noqa: PLR0913 - the verb's arguments
        self: Caller,
        *,
        project: str,
        title: str,
        dataset: str,
        members: Sequence[str],
        days: Mapping[str, object],
        until: str,
        kinds: Sequence[str] | None = None,
        finest: str = "admin3",
        grain: str = "day",
        policy: str = "operational",
    ) -> Any:
        """Make an agreement: who may ask what of which data, how finely, and under which protection level.

        Args:
            project: Id of the project.
            title: What people call the agreement.
            dataset: Name of the data set.
            members: Logins of the people it names.
            days: Days of the data it opens, both ends included.
            until: Its last day.
            kinds: Kinds of question; all of them where left out.
            finest: The finest area.
            grain: The shortest period a figure may speak of.
            policy: Name of the protection level.
        """
        return self.call(
            "agree",
            {
                "project": project,
                "title": title,
                "dataset": dataset,
                "members": members,
                "days": days,
                "until": until,
                "kinds": kinds,
                "finest": finest,
                "grain": grain,
                "policy": policy,
            },
        )

    def approve_edition(
        self: Caller,
        *,
        edition: str,
    ) -> Any:
        """Let a checked edition leave: the data protection officer's word, last of all.

        Args:
            edition: Its id, study and number.
        """
        return self.call("approve_edition", {"edition": edition})

    def areas(
        self: Caller,
        *,
        level: str,
        dataset: str = "",
    ) -> Any:
        """Areas at a level, sorted by code.

        Args:
            level: How coarse.
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("areas", {"level": level, "dataset": dataset})

    def ask(
        self: Caller,
        *,
        spec: Mapping[str, object],
        dataset: str = "",
    ) -> Any:
        """Ask a question; the answer comes when it is computed and has passed the release check.

        Args:
            spec: The question, in our grammar (`kind`) or FlowKit's (`query_kind`).
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("ask", {"spec": spec, "dataset": dataset})

    def available_days(
        self: Caller,
        *,
        dataset: str = "",
    ) -> Any:
        """Days present in a data set, by event type.

        Args:
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("available_days", {"dataset": dataset})

    def basket(
        self: Caller,
    ) -> Any:
        """Variables in your basket, as `study/table` and name."""
        return self.call("basket", {})

    def begin_delivery(
        self: Caller,
        *,
        licence: str,
        file: str,
    ) -> Any:
        """Begin to take a licensed file home: it is packed with a manifest in your name, sealed to your key if agreed.

        Args:
            licence: Id of a licence of yours.
            file: Name of the file, as the licence names it.
        """
        return self.call("begin_delivery", {"licence": licence, "file": file})

    def begin_request(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Begin a request for the licensed files of a study; what your basket holds of it is asked for.

        Args:
            study: Id of the study.
        """
        return self.call("begin_request", {"study": study})

    def begin_upload(
        self: Caller,
        *,
        name: str,
        size: int = 0,
    ) -> Any:
        """Begin to send a file; nothing of it is ever written in clear.

        Args:
            name: What the file is called, with its ending: readers go by it.
            size: Bytes in all; 0 where that is not known.
        """
        return self.call("begin_upload", {"name": name, "size": size})

    def cancel(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """Stop a question that is waiting or being computed; what was already answered stays.

        Args:
            answer_id: What `ask` gave back.
        """
        return self.call("cancel", {"answer_id": answer_id})

    def cleaning(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """The corrections of a deposit, and what was found when its rows were looked at last.

        Args:
            deposit: Its id.
        """
        return self.call("cleaning", {"deposit": deposit})

    def compare_roles_sheet(
        self: Caller,
        *,
        deposit: str,
        upload: str,
    ) -> Any:
        """See what a spreadsheet of roles that came back would change; nothing is changed yet.

        Args:
            deposit: Its id.
            upload: The spreadsheet, sent before; a shell takes a path.
        """
        return self.call("compare_roles_sheet", {"deposit": deposit, "upload": upload})

    def compared_roles_sheet(
        self: Caller,
        *,
        deposit: str,
        sheet: str,
    ) -> Any:
        """What a spreadsheet that was compared would change.

        Args:
            deposit: Its id.
            sheet: Its id, as `compare_roles_sheet` told it.
        """
        return self.call("compared_roles_sheet", {"deposit": deposit, "sheet": sheet})

    def confirm_destruction(
        self: Caller,
        *,
        licence: str,
    ) -> Any:
        """Confirm that every copy of the files of a licence of yours was destroyed.

        Args:
            licence: Its id.
        """
        return self.call("confirm_destruction", {"licence": licence})

    def correct_rows(
        self: Caller,
        *,
        deposit: str,
        steps: Sequence[Mapping[str, object]],
    ) -> Any:
        """Write the corrections of a deposit, every step in order; leaving a step out undoes it.

        Args:
            deposit: Its id.
            steps: `method`, `columns`, `file`, `parameters` and `why` of each step.
        """
        return self.call("correct_rows", {"deposit": deposit, "steps": steps})

    def corrections(
        self: Caller,
    ) -> Any:
        """Every correction a step can name."""
        return self.call("corrections", {})

    def create_token(
        self: Caller,
        *,
        name: str,
        project: str = "",
        days: int = 7,
        scopes: Sequence[str] | None = None,
    ) -> Any:
        """Make an access token for scripts and notebooks; its text is shown once.

        Args:
            name: What you call it.
            project: Id of the project; may be left out where you have one.
            days: Days it lives, at least 1.
            scopes: What it allows; everything the agreements allow where left out.
        """
        return self.call("create_token", {"name": name, "project": project, "days": days, "scopes": scopes})

    def decide_request(  # noqa: PLR0913 - the verb's arguments
        self: Caller,
        *,
        request: str,
        decision: str,
        reasons: str,
        until: str | None = None,
        downloads: int = 3,
        encrypted: bool = False,
        networks: Sequence[str] | None = None,
        conditions: str = "",
    ) -> Any:
        """Vote on a request, with reasons; the vote that settles it is carried out at once.

        Args:
            request: Its id.
            decision: `approve`, `reject` or `return` for changes.
            reasons: Why; the applicant reads them.
            until: Last day of what is granted; the end of the work where left out.
            downloads: How often each file may be downloaded, 1 to 20.
            encrypted: Files come encrypted to each person's key and no other way.
            networks: Networks it may be downloaded from, as CIDR; any where left out.
            conditions: What else is asked, in words. Where several vote for a grant, it holds to what every one asked.
        """
        return self.call(
            "decide_request",
            {
                "request": request,
                "decision": decision,
                "reasons": reasons,
                "until": until,
                "downloads": downloads,
                "encrypted": encrypted,
                "networks": networks,
                "conditions": conditions,
            },
        )

    def decide_roles(
        self: Caller,
        *,
        deposit: str,
        roles: Mapping[str, object],
        like: Sequence[str] | None = None,
    ) -> Any:
        """Decide what variables are for; others stay as they are.

        Args:
            deposit: Its id.
            roles: Role by table and name, such as `{"members": {"age": "quasi-identifier"}}`.
            like: `table.name` of variables whose role shall count for all that are like them.
        """
        return self.call("decide_roles", {"deposit": deposit, "roles": roles, "like": like})

    def deliveries(
        self: Caller,
        *,
        licence: str,
    ) -> Any:
        """What was begun under a licence of yours, the latest first.

        Args:
            licence: Its id.
        """
        return self.call("deliveries", {"licence": licence})

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
            hints: How to read the files where they do not say: `encoding`, `delimiter`, `sheet`, `household`.
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

    def describe_study(
        self: Caller,
        *,
        study: str,
        fields: Mapping[str, object],
    ) -> Any:
        """Write what is told about a study; fields that are not named stay as they are.

        Args:
            study: Its id; a study nobody began is begun.
            fields: Texts by language, such as `{"title": {"en": "…", "fr": "…"}}`, and lists as `model.study` has them.
        """
        return self.call("describe_study", {"study": study, "fields": fields})

    def describe_variable(
        self: Caller,
        *,
        study: str,
        file: str,
        name: str,
        fields: Mapping[str, object],
    ) -> Any:
        """Write what is told about a variable: labels, questions, categories' labels, universe, unit, derivation.

        Args:
            study: Id of the study.
            file: Name of the table.
            name: Name of the variable.
            fields: `labels`, `questions`, `hints` by language; `universe`, `unit`, `derivation`; `categories`.
        """
        return self.call("describe_variable", {"study": study, "file": file, "name": name, "fields": fields})

    def download(
        self: Caller,
        *,
        answer_id: str,
        file: str,
    ) -> bytes:
        """One file of an exported answer.

        Args:
            answer_id: What `ask` gave back.
            file: Name of the file, such as `answer.csv` or `manifest.json`.
        """
        return self.file("download", {"answer_id": answer_id, "file": file})

    def draft_edition(
        self: Caller,
        *,
        study: str,
        access: str,
    ) -> Any:
        """Make an edition of a study's files with its treatment plan, for one way of access; nobody may have it yet.

        Args:
            study: Id of the study.
            access: How it is to be had: `public use`, `licensed` or `enclave`.
        """
        return self.call("draft_edition", {"study": study, "access": access})

    def drop_upload(
        self: Caller,
        *,
        upload: str,
    ) -> Any:
        """Destroy a file of yours that no deposit was made of; its key goes first.

        Args:
            upload: Its id.
        """
        return self.call("drop_upload", {"upload": upload})

    def editions(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Every edition of a study, the latest first, with what you may do to each, and what is being made.

        Args:
            study: Id of the study.
        """
        return self.call("editions", {"study": study})

    def end_agreement(
        self: Caller,
        *,
        agreement: str,
    ) -> Any:
        """End an agreement at once; tokens and answers under it stop working.

        Args:
            agreement: Its id.
        """
        return self.call("end_agreement", {"agreement": agreement})

    def explain(
        self: Caller,
        *,
        spec: Mapping[str, object],
        dataset: str = "",
    ) -> Any:
        """Say what would happen to a question, before it is asked; no record is read.

        Args:
            spec: The question, in our grammar (`kind`) or FlowKit's (`query_kind`).
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("explain", {"spec": spec, "dataset": dataset})

    def export(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """Write a protected answer as CSV, XLSX and GeoJSON with a signed manifest; doing it again changes nothing.

        Args:
            answer_id: What `ask` gave back.
        """
        return self.call("export", {"answer_id": answer_id})

    def fetch_delivery(
        self: Caller,
        *,
        licence: str,
        delivery: str,
    ) -> bytes:
        """Take a file home, from any byte on; it is counted once, when its last byte was sent.

        Args:
            licence: Id of a licence of yours.
            delivery: Id of the delivery.
        """
        return self.file("fetch_delivery", {"licence": licence, "delivery": delivery})

    def file_levels(
        self: Caller,
    ) -> Any:
        """What this site asks of files before they may be had: by anybody, on request, or where they are."""
        return self.call("file_levels", {})

    def finish_upload(
        self: Caller,
        *,
        upload: str,
        sha256: str = "",
    ) -> Any:
        """Say that a file has arrived whole.

        Args:
            upload: Its id.
            sha256: Digest of the file; where it is given, it must fit.
        """
        return self.call("finish_upload", {"upload": upload, "sha256": sha256})

    def geography(
        self: Caller,
        *,
        level: str,
        dataset: str = "",
    ) -> Any:
        """Boundaries at a level as GeoJSON, EPSG:4326.

        Args:
            level: How coarse; positions of towers (`lon-lat`) are never given away.
            dataset: Name of the data set; may be left out where the project has one.
        """
        return self.call("geography", {"level": level, "dataset": dataset})

    def give_up_edition(
        self: Caller,
        *,
        edition: str,
    ) -> Any:
        """Give up an edition that nobody checks; the rows made for it are destroyed.

        Args:
            edition: Its id, study and number.
        """
        return self.call("give_up_edition", {"edition": edition})

    def import_description(
        self: Caller,
        *,
        study: str,
        upload: str,
    ) -> Any:
        """Take a study's description from a DDI Codebook 2.5 file; it counts where it says something.

        Args:
            study: Id of the study; a study nobody began is begun.
            upload: The file, sent before; a shell takes a path.
        """
        return self.call("import_description", {"study": study, "upload": upload})

    def invite_checker(
        self: Caller,
        *,
        edition: str,
        login: str,
        until: str,
    ) -> Any:
        """Invite a checker from another organisation for this one review.

        Args:
            edition: Its id, study and number.
            login: The checker's login; their account names their organisation.
            until: Last day of the invitation, within sixty days.
        """
        return self.call("invite_checker", {"edition": edition, "login": login, "until": until})

    def job(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """How far a question is.

        Args:
            answer_id: What `ask` gave back.
        """
        return self.call("job", {"answer_id": answer_id})

    def keep_records(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """Keep a deposit's records: corrected, without direct identifiers; then what arrived is destroyed.

        Args:
            deposit: Its id.
        """
        return self.call("keep_records", {"deposit": deposit})

    def kinds(
        self: Caller,
    ) -> Any:
        """Every kind of question."""
        return self.call("kinds", {})

    def legal_bases(
        self: Caller,
    ) -> Any:
        """The legal bases records can be held on, and what each means."""
        return self.call("legal_bases", {})

    def licence_public_use(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Ask for a public use file: no committee decides, the terms must be accepted all the same.

        Args:
            study: Id of the study.
        """
        return self.call("licence_public_use", {"study": study})

    def licence_state(
        self: Caller,
        *,
        licence: str,
    ) -> Any:
        """A licence of yours, with its terms.

        Args:
            licence: Its id.
        """
        return self.call("licence_state", {"licence": licence})

    def look_at_rows(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """Look at a deposit's rows for what is wrong, after the corrections made so far; the reading is recorded first.

        Args:
            deposit: Its id.
        """
        return self.call("look_at_rows", {"deposit": deposit})

    def measure(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Measure how easily somebody in a study's records could be recognised; the reading is recorded first.

        Args:
            study: Id of the study.
        """
        return self.call("measure", {"study": study})

    def messages(
        self: Caller,
    ) -> Any:
        """Messages for you, the latest first."""
        return self.call("messages", {})

    def metadata(
        self: Caller,
        *,
        study: str,
        standard: str,
    ) -> bytes:
        """A study's description in the words of another catalogue.

        Args:
            study: Id of the study.
            standard: `ddi`, `dublin_core`, `dcat` or `croissant`; `bibtex` or `ris` for how to cite it.
        """
        return self.file("metadata", {"study": study, "standard": standard})

    def my_agreements(
        self: Caller,
    ) -> Any:
        """Agreements in force that name you: what you may ask, and until when."""
        return self.call("my_agreements", {})

    def my_answers(
        self: Caller,
    ) -> Any:
        """What your project asked, the latest first."""
        return self.call("my_answers", {})

    def my_licences(
        self: Caller,
    ) -> Any:
        """Your licences, the latest first: what they allow, until when, what is due."""
        return self.call("my_licences", {})

    def my_record(
        self: Caller,
    ) -> Any:
        """Everything the record of use says about you, the latest first."""
        return self.call("my_record", {})

    def open_project(
        self: Caller,
        *,
        name: str,
        purpose: str,
        until: str,
    ) -> Any:
        """Open a project: a purpose with an end date, under which agreements are made.

        Args:
            name: What people call it.
            purpose: What the answers will be used for, in a sentence.
            until: Its last day; nothing can be asked after it.
        """
        return self.call("open_project", {"name": name, "purpose": purpose, "until": until})

    def plan(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """The treatment plan of a study, and what came of it when it was tried.

        Args:
            study: Id of the study.
        """
        return self.call("plan", {"study": study})

    def plan_file(
        self: Caller,
        *,
        study: str,
    ) -> bytes:
        """A study's treatment plan as a YAML file, with the version of the records and the roles it was written for.

        Args:
            study: Id of the study.
        """
        return self.file("plan_file", {"study": study})

    def plans_tried(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """The latest treatment plans that were tried on a study's records as they are now; for insiders.

        Args:
            study: Id of the study.
        """
        return self.call("plans_tried", {"study": study})

    def projects(
        self: Caller,
    ) -> Any:
        """Every project."""
        return self.call("projects", {})

    def protection_levels(
        self: Caller,
    ) -> Any:
        """Protection levels of this site, and what each does not stop."""
        return self.call("protection_levels", {})

    def publish_description(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Show a study's description in the catalogue as it is now, with or without files.

        Args:
            study: Its id.
        """
        return self.call("publish_description", {"study": study})

    def publish_edition(
        self: Caller,
        *,
        edition: str,
    ) -> Any:
        """Publish an approved edition: the release check decides once more, then files are made and shown.

        Args:
            edition: Its id, study and number.
        """
        return self.call("publish_edition", {"edition": edition})

    def put_in_basket(
        self: Caller,
        *,
        study: str,
        file: str,
        name: str,
    ) -> Any:
        """Put a variable into your basket.

        Args:
            study: Id of the study.
            file: Name of the table.
            name: Name of the variable.
        """
        return self.call("put_in_basket", {"study": study, "file": file, "name": name})

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

    def read_message(
        self: Caller,
        *,
        message: str,
    ) -> Any:
        """Mark a message of yours as read.

        Args:
            message: Its id.
        """
        return self.call("read_message", {"message": message})

    def refuse_edition(
        self: Caller,
        *,
        edition: str,
        says: str,
        for_good: bool = False,
    ) -> Any:
        """Send a checked edition back, or reject it for good.

        Args:
            edition: Its id, study and number.
            says: Why.
            for_good: It will never be published.
        """
        return self.call("refuse_edition", {"edition": edition, "says": says, "for_good": for_good})

    def register(  # noqa: PLR0913 - the verb's arguments
        self: Caller,
        *,
        login: str,
        name: str,
        password: str,
        organisation: str,
        kind: str,
        agreed: bool,
    ) -> Any:
        """Make an account for yourself, to ask for files; who you are is looked at when you ask.

        Args:
            login: What you sign in with, lower-case letters, digits, dots and dashes.
            name: Your name; kept encrypted under a key of its own, which is destroyed when you are forgotten.
            password: At least 12 characters.
            organisation: The organisation you work for.
            kind: What sort of organisation it is.
            agreed: You read how your own data are used: to decide requests, and to record what was done with files.
        """
        return self.call(
            "register",
            {
                "login": login,
                "name": name,
                "password": password,
                "organisation": organisation,
                "kind": kind,
                "agreed": agreed,
            },
        )

    def request_state(
        self: Caller,
        *,
        request: str,
    ) -> Any:
        """A request: what it says, with whom it is, since when, and the usual time.

        Args:
            request: Its id.
        """
        return self.call("request_state", {"request": request})

    def requests(
        self: Caller,
    ) -> Any:
        """Requests you are part of, or may decide or stop; the latest first."""
        return self.call("requests", {})

    def result(
        self: Caller,
        *,
        answer_id: str,
    ) -> Any:
        """The protected answer, or how far it is. Whether it may be seen is decided anew each time.

        Args:
            answer_id: What `ask` gave back.
        """
        return self.call("result", {"answer_id": answer_id})

    def retract_edition(
        self: Caller,
        *,
        edition: str,
        reason: str,
    ) -> Any:
        """Take a published edition back: downloads stop at once, its page says why, everybody who has it is told.

        Args:
            edition: Its id, study and number.
            reason: Why, in words that are published.
        """
        return self.call("retract_edition", {"edition": edition, "reason": reason})

    def return_edition(
        self: Caller,
        *,
        edition: str,
        says: str,
    ) -> Any:
        """Send an edition back to its author before the votes are in.

        Args:
            edition: Its id, study and number.
            says: What must change.
        """
        return self.call("return_edition", {"edition": edition, "says": says})

    def review(
        self: Caller,
        *,
        edition: str,
    ) -> Any:
        """An edition with everything a checker needs; that you looked is recorded first.

        Args:
            edition: Its id, study and number.
        """
        return self.call("review", {"edition": edition})

    def reviews(
        self: Caller,
    ) -> Any:
        """Editions you may see under review, those that wait for you first."""
        return self.call("reviews", {})

    def revoke_licence(
        self: Caller,
        *,
        licence: str,
        reason: str,
    ) -> Any:
        """Take one person's licence away, at once; downloads under way stop.

        Args:
            licence: Its id.
            reason: Why.
        """
        return self.call("revoke_licence", {"licence": licence, "reason": reason})

    def revoke_request(
        self: Caller,
        *,
        request: str,
        reason: str,
    ) -> Any:
        """Take a grant away at once: licences of its team end, and open requests of the same people close.

        Args:
            request: Its id.
            reason: Why; the team reads it.
        """
        return self.call("revoke_request", {"request": request, "reason": reason})

    def revoke_token(
        self: Caller,
        *,
        token: str,
    ) -> Any:
        """Revoke one of your tokens; it stops working at once.

        Args:
            token: Its id.
        """
        return self.call("revoke_token", {"token": token})

    def roles_sheet(
        self: Caller,
        *,
        deposit: str,
        language: str = "en",
    ) -> bytes:
        """The variables of a deposit as a spreadsheet: fill in the roles and send it back.

        Args:
            deposit: Its id.
            language: Language of its explanations, one the site offers.
        """
        return self.file("roles_sheet", {"deposit": deposit, "language": language})

    def search(
        self: Caller,
        *,
        text: str = "",
        what: str = "studies",
        filters: Mapping[str, object] | None = None,
        page: int = 1,
    ) -> Any:
        """Search studies or variables; accents, plurals and the field's synonyms are forgiven.

        Args:
            text: What to look for; everything where left out.
            what: `studies` or `variables`.
            filters: `country`, `year_from`, `year_to`, `access`, `kind`.
            page: Which page of twenty, from 1.
        """
        return self.call("search", {"text": text, "what": what, "filters": filters, "page": page})

    def sources(
        self: Caller,
    ) -> Any:
        """Days present in every data set."""
        return self.call("sources", {})

    def studies(
        self: Caller,
    ) -> Any:
        """Every study, the latest first: its title, what its description still lacks, whether records are kept."""
        return self.call("studies", {})

    def study(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """A study of the catalogue: its description, tables, versions, and how it can be had.

        Args:
            study: Its id.
        """
        return self.call("study", {"study": study})

    def study_description(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """The description of a study, study and variables, with what it still lacks.

        Args:
            study: Its id.
        """
        return self.call("study_description", {"study": study})

    def study_overview(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Where a study stands on its way to the catalogue: deposits, plan, description, editions.

        Args:
            study: Its id.
        """
        return self.call("study_overview", {"study": study})

    def submit_edition(
        self: Caller,
        *,
        edition: str,
    ) -> Any:
        """Hand an edition in for review; others check it, never you.

        Args:
            edition: Its id, study and number.
        """
        return self.call("submit_edition", {"edition": edition})

    def submit_request(
        self: Caller,
        *,
        request: str,
    ) -> Any:
        """Hand a request in. A prohibited use is refused at once, in words; everything else people decide.

        Args:
            request: Its id.
        """
        return self.call("submit_request", {"request": request})

    def take_from_basket(
        self: Caller,
        *,
        study: str,
        file: str,
        name: str,
    ) -> Any:
        """Take a variable out of your basket.

        Args:
            study: Id of the study.
            file: Name of the table.
            name: Name of the variable.
        """
        return self.call("take_from_basket", {"study": study, "file": file, "name": name})

    def task(
        self: Caller,
        *,
        key: str,
    ) -> Any:
        """How far long work of yours is.

        Args:
            key: What names it, as it was told when the work was begun.
        """
        return self.call("task", {"key": key})

    def tidy(
        self: Caller,
    ) -> Any:
        """Destroy what waited longer than thirty days, and write down what ran out; the workers do this every day."""
        return self.call("tidy", {})

    def token_scopes(
        self: Caller,
    ) -> Any:
        """What a token of yours can be narrowed to, in words."""
        return self.call("token_scopes", {})

    def tokens(
        self: Caller,
    ) -> Any:
        """Your tokens, without their texts."""
        return self.call("tokens", {})

    def treatments(
        self: Caller,
    ) -> Any:
        """Every treatment a plan can name, with its parameters."""
        return self.call("treatments", {})

    def try_plan(
        self: Caller,
        *,
        study: str,
    ) -> Any:
        """Try a study's treatment plan on the original, in the background: risk and loss after every step.

        Args:
            study: Id of the study.
        """
        return self.call("try_plan", {"study": study})

    def upload_state(
        self: Caller,
        *,
        upload: str,
    ) -> Any:
        """How far a file of yours has got.

        Args:
            upload: Its id.
        """
        return self.call("upload_state", {"upload": upload})

    def variable(
        self: Caller,
        *,
        study: str,
        file: str,
        name: str,
    ) -> Any:
        """A variable of the catalogue, with the figures that may be told.

        Args:
            study: Id of the study.
            file: Name of the table.
            name: Name of the variable.
        """
        return self.call("variable", {"study": study, "file": file, "name": name})

    def variables(
        self: Caller,
        *,
        deposit: str,
    ) -> Any:
        """Every variable of a deposit, in the order of its files; labels and codes, never a value of a record.

        Args:
            deposit: Its id.
        """
        return self.call("variables", {"deposit": deposit})

    def vote(
        self: Caller,
        *,
        edition: str,
        verdict: str,
        says: str = "",
        draft: str = "",
    ) -> Any:
        """Vote on an edition, without seeing others' votes; never on your own.

        Args:
            edition: Its id, study and number.
            verdict: `approve`, `changes` or `reject`.
            says: Why; needed for anything but an approval.
            draft: Digest of what you looked at, as `review` tells it; an edition that changed since is looked at again.
        """
        return self.call("vote", {"edition": edition, "verdict": verdict, "says": says, "draft": draft})

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

    def what_left(
        self: Caller,
    ) -> Any:
        """Every answer somebody was handed, the latest first: when, which way, for whom, at which level."""
        return self.call("what_left", {})

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

    def withdraw_request(
        self: Caller,
        *,
        request: str,
    ) -> Any:
        """Withdraw a request of yours.

        Args:
            request: Its id.
        """
        return self.call("withdraw_request", {"request": request})

    def write_plan(
        self: Caller,
        *,
        study: str,
        steps: Sequence[Mapping[str, object]],
    ) -> Any:
        """Write a study's treatment plan: every step, in order. Leaving a step out undoes it.

        Args:
            study: Id of the study.
            steps: `method`, `columns`, `file`, `parameters` and `why` of each step.
        """
        return self.call("write_plan", {"study": study, "steps": steps})

    def write_plan_file(
        self: Caller,
        *,
        study: str,
        upload: str,
    ) -> Any:
        """Take a study's treatment plan from a YAML file: its steps; the roles are those that were decided here.

        Args:
            study: Id of the study.
            upload: The file, sent before; a shell takes a path.
        """
        return self.call("write_plan_file", {"study": study, "upload": upload})

    def write_request(
        self: Caller,
        *,
        request: str,
        fields: Mapping[str, object],
        team: Sequence[Mapping[str, object]] | None = None,
    ) -> Any:
        """Write a request further; parts that are not named stay as they are.

        Args:
            request: Its id.
            fields: Answers by name, as the form has them.
            team: Everybody who would have the files: `name`, `title`, `affiliation`, `login`, `key`; you too.
        """
        return self.call("write_request", {"request": request, "fields": fields, "team": team})
