"""`safeconduct demo publish`: a survey file in; a reviewed, catalogued, licensed release out; on a practice site."""

import secrets
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from threading import Event
from typing import Any

import click

from safeconduct.actions.doors import shell_caller, stranger
from safeconduct.actions.room import Door, Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import Upload
from safeconduct.actions.verb import verbs
from safeconduct.actions.verification import verify_ledger
from safeconduct.actions.working import Task, work
from safeconduct.cli.demo import FOLDER, PEOPLE, afresh, demo
from safeconduct.cli.outcome import AS_JSON, Exit, plainly, show
from safeconduct.cli.progress import bar
from safeconduct.model.errors import BrokenPromise

STUDY = "CPS-1988"
SURVEY = "cps1988.dta"
RESEARCHER = "gita"
STEPS = 12
ROLES = {
    "wage": "sensitive",
    "education": "quasi-identifier",
    "experience": "quasi-identifier",
    "ethnicity": "quasi-identifier",
    "smsa": "geography",
    "region": "geography",
    "parttime": "quasi-identifier",
}
PLAN: tuple[dict[str, Any], ...] = (
    {"method": "recode", "columns": ["experience"], "parameters": {"width": "10", "first": "0", "last": "50"},
     "why": "A single year of experience together with schooling tells the age."},
    {"method": "recode", "columns": ["education"], "parameters": {"breaks": ["0", "9", "12", "13", "16"]},
     "why": "Degrees matter, single years do not."},
    {"method": "top_bottom", "columns": ["wage"], "parameters": {"top": "2500"},
     "why": "The highest wages are recognised by whoever knows them."},
    {"method": "round_to", "columns": ["wage"], "parameters": {"base": "10"}, "why": "No wage to the cent."},
    {"method": "local_suppression", "columns": [], "parameters": {"k": 3},
     "why": "Nobody alone among what others may know."},
    {"method": "sort_rows", "columns": [], "parameters": {}, "why": "The order of rows tells nothing."},
)  # fmt: skip
DESCRIPTION: dict[str, object] = {
    "title": {
        "en": "Current Population Survey, March 1988: wages of men",
        "fr": "Enquête sur la population active, mars 1988 : salaires des hommes",
    },
    "abstract": {
        "en": "Weekly wages of 28,155 men aged 18 to 70 who work for pay, with schooling, potential experience, "
        "ethnicity, region and type of area. A public-use file, here made safer for practice.",
        "fr": "Salaires hebdomadaires de 28 155 hommes salariés de 18 à 70 ans, avec études, expérience potentielle, "
        "origine, région et type de lieu. Fichier public, rendu plus sûr pour l'exercice.",
    },
    "producers": [{"name": "United States Census Bureau", "role": "producer"}],
    "contacts": [{"name": "Data steward of this practice site", "address": "steward@example.org"}],
    "keywords": [{"text": "wages"}, {"text": "education"}, {"text": "labour force"}],
    "countries": [{"name": "United States", "code": "USA"}],
    "collected": [{"first": "1988-03"}],
    "unit": {"en": "Person", "fr": "Personne"},
    "universe": {"en": "Men aged 18 to 70 with positive annual income, neither self-employed nor unpaid"},
    "sampling": {"en": "Stratified multi-stage sample of households; this extract has no weights."},
    "mode": {"en": "Face to face and by telephone"},
    "limits": {"en": "Women, self-employed people and people without income are missing; without weights the file "
               "does not stand for the population."},
    "confidentiality": {"en": "Released by the Census Bureau under Title 13 without identifiers."},
    "citation": {"en": "US Census Bureau, Current Population Survey, March 1988; extract of 2001."},
}  # fmt: skip
REQUEST: dict[str, object] = {
    "organisation": "Practice University",
    "kind": "university",
    "registered": True,
    "address": "1 Example Street",
    "telephone": "+000 0000",
    "country": "USA",
    "question": "How much more is earned with each year of schooling?",
    "objectives": "To show what the treated file can still answer.",
    "methods": "Regression of log wages.",
    "outputs": "A table in a report.",
    "dissemination": "A public report.",
    "merges": False,
    "whole": True,
    "purpose": "AcademicResearch",
    "commercial": False,
    "agreed": True,
}


@demo.command()
@click.option("--folder", default=FOLDER, type=click.Path(path_type=Path), show_default=True, help="Where to set up.")
@click.option("--port", default=8765, show_default=True, help="Port to serve on.")
@click.option("--no-serve", is_flag=True, help="Stop after the walk.")
@AS_JSON
@plainly
def publish(folder: Path, port: int, no_serve: bool, as_json: bool) -> Exit:
    """Walk a real survey file from deposit to licensed download with four accounts, and open the site.

    The file is a public-use extract of the Current Population Survey of March 1988 that comes with the package.
    """
    with bar(quiet=as_json) as progress:
        summary = run_publish(folder, progress=progress)
    show(summary, as_json=as_json)
    if not no_serve:
        click.echo(f"\nOpen http://127.0.0.1:{port} and sign in by clicking a role. Stop with Ctrl-C.", err=True)
        from safeconduct.server.serve import serve_site  # noqa: PLC0415 - slow to load, and seldom served

        serve_site(folder / "site", host="127.0.0.1", port=port)
    return Exit.DONE


def run_publish(folder: Path, *, progress: Any = lambda *_: None) -> dict[str, Any]:
    """The second main job on a practice site; what came of it."""
    afresh(folder)
    site = Site.create(folder / "site", name="practice", training=True)
    for login, name, roles in PEOPLE:
        first_person(site, login=login, name=name, password=secrets.token_urlsafe(18), roles=roles)
    with as_file(files("safeconduct.cli") / "material" / SURVEY) as path:
        return Walk(site, progress).run(path)


class Walk:
    """The walk from a survey file to a licensed download, each step by the account whose step it is.

    Args:
        site: A practice site with the people of the demonstration.
        progress: Told the step, how many are done, of how many.
    """

    def __init__(self, site: Site, progress: Any) -> None:
        self.site, self.progress = site, progress
        self.done = 0

    def run(self, survey: Path) -> dict[str, Any]:
        """Every step; what came of it."""
        deposit = self.deposit(survey)
        self.decide(deposit)
        before = self.plan()
        edition = self.review()
        published = self.publish(edition)
        fetched = self.request_and_receive()
        record = self.record_of_use()
        return {
            "study": STUDY,
            "deposit": deposit,
            "edition": edition,
            "risk": before,
            "files": published,
            "download": fetched,
            "events": self.site.ledger.size(),
            "record_of_use": str(record),
            "record_holds": not verify_ledger(record, training=True),
            "accounts": ["amara", "farid", "dara", RESEARCHER],
        }

    def record_of_use(self) -> Path:
        """The record of use as a file that `safeconduct verify --ledger` proves."""
        path = self.site.folders.root.parent / "record-of-use.jsonl"
        path.unlink(missing_ok=True)
        self.site.ledger.export_log(path, sign=self.site.sign_checkpoint, at=datetime.now(UTC))
        return path

    def act(self, login: str, verb: str, /, **arguments: object) -> Any:
        """Call a verb as somebody, and do the work it begins."""
        room = self._room(login)
        found = verbs[verb].call(room, arguments)
        if isinstance(found, Task):
            work(self.site, worker="demo", stop=Event(), until_empty=True)
            found = verbs["task"].call(room, {"key": found.key})
            if found.state != "done":
                raise BrokenPromise(found.says)
        return found

    def _room(self, login: str) -> Room:
        now = datetime.now(UTC)
        if not login:
            return Room(self.site, stranger(door=Door.SHELL), now)
        return Room(self.site, shell_caller(self.site, login=login, now=now), now)

    def step(self) -> None:
        """Tell that one more step is done."""
        self.done += 1
        self.progress("publish", self.done, STEPS)

    def deposit(self, survey: Path) -> str:
        """The steward brings the file in."""
        content = survey.read_bytes()
        upload = self.act("amara", "begin_upload", name=survey.name, size=len(content)).id
        self.act("amara", "send_upload", upload=upload, offset=0, content=Upload([content]))
        self.act("amara", "finish_upload", upload=upload)
        task = self.act(
            "amara", "deposit", uploads=[upload], study=STUDY, title="Public-use extract, as received",
            collected_by="United States Census Bureau", basis="public interest",
        )  # fmt: skip
        self.step()
        return str(task.result)

    def decide(self, deposit: str) -> None:
        """The steward decides what every variable is, corrects what is wrong, and keeps the records.

        Years of experience below zero are an artefact of how they were worked out; rows that are alike stay, since
        without any identifier two people may well be.
        """
        table = self.act("amara", "variables", deposit=deposit)[0].file
        self.act("amara", "decide_roles", deposit=deposit, roles={table: ROLES})
        self.act("amara", "look_at_rows", deposit=deposit)
        work(self.site, worker="demo", stop=Event(), until_empty=True)
        found = self.act("amara", "cleaning", deposit=deposit).issues
        suggested = [one.suggestion for one in found if one.check == "ranges" and one.suggestion]
        steps = [
            {"method": one.method, "columns": list(one.columns), "file": one.file, "parameters": dict(one.parameters)}
            for one in suggested
        ]
        self.act("amara", "correct_rows", deposit=deposit, steps=steps)
        self.step()
        self.act("amara", "keep_records", deposit=deposit)
        self.step()

    def plan(self) -> dict[str, Any]:
        """The steward measures, describes, and writes a plan that is tried."""
        self.act("amara", "measure", study=STUDY)
        work(self.site, worker="demo", stop=Event(), until_empty=True)
        self.act("amara", "describe_study", study=STUDY, fields=DESCRIPTION)
        self.step()
        self.act("amara", "write_plan", study=STUDY, steps=[{**one, "columns": _tuple(one)} for one in PLAN])
        self.act("amara", "try_plan", study=STUDY)
        self.step()
        tried = self.act("amara", "plan", study=STUDY).tried
        return {"before": _told(tried.before), "after": _told(tried.after)}

    def review(self) -> str:
        """The steward proposes; a checker votes; the data protection officer approves."""
        edition = str(self.act("amara", "draft_edition", study=STUDY, access="licensed").result)
        self.act("amara", "submit_edition", edition=edition)
        self.step()
        self.act("farid", "review", edition=edition)
        self.act("farid", "vote", edition=edition, verdict="approve")
        self.step()
        self.act("dara", "review", edition=edition)
        self.act("dara", "approve_edition", edition=edition)
        self.step()
        return edition

    def publish(self, edition: str) -> list[str]:
        """The steward publishes; the catalogue shows it."""
        self.act("amara", "publish_edition", edition=edition)
        self.step()
        return [one.name for one in self.act("", "study", study=STUDY).files]

    def request_and_receive(self) -> dict[str, Any]:
        """A researcher registers, finds, asks; the committee grants; the researcher accepts and downloads."""
        self.act(
            "", "register", login=RESEARCHER, name="Gita, researcher", password=secrets.token_urlsafe(18),
            organisation="Practice University", kind="university", agreed=True,
        )  # fmt: skip
        hit = self.act("", "search", text="salaries", what="studies").hits
        asked = self.act(RESEARCHER, "begin_request", study=STUDY).request.id
        ends = (datetime.now(UTC).date() + timedelta(days=180)).isoformat()
        team = [{"name": "Gita", "title": "Researcher", "affiliation": "Practice University", "login": RESEARCHER}]
        self.act(RESEARCHER, "write_request", request=asked, fields={**REQUEST, "completion": ends}, team=team)
        self.act(RESEARCHER, "submit_request", request=asked)
        self.step()
        reasons = "The purpose is research and the file is safe enough."
        self.act("farid", "decide_request", request=asked, decision="approve", reasons=reasons)
        self.step()
        return {"found": [one.study for one in hit], **self._receive()}

    def _receive(self) -> dict[str, Any]:
        view = self.act(RESEARCHER, "my_licences")[0]
        licence = view.licence.id
        self.act(RESEARCHER, "accept_licence", licence=licence, offer=view.offer)
        name = next(one for one in view.licence.downloads if one.endswith(".dta"))
        begun = self.act(RESEARCHER, "begin_delivery", licence=licence, file=name)
        work(self.site, worker="demo", stop=Event(), until_empty=True)
        stream = self.act(RESEARCHER, "fetch_delivery", licence=licence, delivery=begun.id)
        with tempfile.TemporaryFile() as file:
            size = sum(file.write(piece) for piece in stream.read(0, stream.size))
        after = self.act(RESEARCHER, "licence_state", licence=licence).licence
        self.step()
        return {"file": stream.name, "size": size, "sha256": stream.sha256, "downloads_left": after.downloads[name]}


def _tuple(step: Mapping[str, Any]) -> list[str]:
    return list(step["columns"])


def _told(found: Any) -> dict[str, str]:
    return {line.name: f"{line.value} {line.unit}".strip() for one in found for line in one.lines}
