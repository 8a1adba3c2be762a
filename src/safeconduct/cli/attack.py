"""`safeconduct attack`: what an authorised analyst who means harm finds out, measured."""

import signal
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from safeconduct.cli.outcome import AS_JSON, Exit, plainly, show
from safeconduct.cli.progress import bar
from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.sightings import DataSchema
from safeconduct.model.text import say

if TYPE_CHECKING:
    from safeconduct.attack.report import Report
    from safeconduct.attack.workload import Utility

EVERY = "all"
GUESSES = {True: 2_000, False: 20_000}
PEOPLE = {True: 3_000, False: 20_000}
DAYS = {True: 14, False: 28}
PATH = click.Path(path_type=Path, exists=True)


@click.command()
@click.option("--url", default="", help="Attack this site; a practice site on this machine by default.")
@click.option("--token-file", "tokens", multiple=True, type=PATH, help="File with a token; twice for two analysts.")
@click.option("--truth", type=PATH, help="Folder of the files that site took in, with their mapping.")
@click.option("--policy", default="operational", show_default=True,
              help="Protection level of the practice site: a name, a TOML file, or 'all'.")  # fmt: skip
@click.option("--schema", type=click.Choice([str(one) for one in DataSchema]),
              help="What the practice site is made of: phone records, the default, or sightings.")  # fmt: skip
@click.option("--dataset", default="", help="Data set of the site of --url; not needed where the project has one.")
@click.option("--small", is_flag=True, help="Fewer people, days and questions; still 2,000 guesses an attack.")
@click.option("--attack", "names", multiple=True, help="Only this attack; may be given again.")
@click.option("--people", type=click.IntRange(min=300), help="People of the practice site.")
@click.option("--days", type=click.IntRange(8, 366), help="Days of the practice site.")
@click.option(
    "--release",
    "releases",
    multiple=True,
    type=PATH,
    help="Attack this file of records instead, CSV or Parquet; may be given again, oldest edition first.",
)
@click.option("--aux", multiple=True, type=PATH, help="File of what an intruder knows of people; may be given again.")
@click.option("--truth-column", default="", help="Column of --aux that says whose record is whose.")
@click.option("--sensitive", default="", help="Column that the intruder wants to know.")
@click.option("--control", type=PATH, help="File like --aux of people who are in no release.")
@click.option("--strict", is_flag=True, help="Fail where a goal is missed.")
@AS_JSON
@plainly
def attack(**given: Any) -> Exit:
    """Attack a running server through its public API, as an authorised analyst would.

    Every attack prints what it found beside what guessing without asking would give, and the figures of a benign
    workload that protection costs. Phone records are attacked by type of event; sightings have one type, and are
    attacked by parts of the day instead. An attack that succeeds is a measurement and no failure, unless --strict is
    given. With --release the same intruder is set on files of records.
    """
    signal.signal(signal.SIGTERM, _leave)
    return _files(**given) if given["releases"] else _site(**given)


def _leave(_signal: int, _frame: object) -> NoReturn:
    """End in order, so that servers end and folders go."""
    raise KeyboardInterrupt


def _site(small: bool, as_json: bool, strict: bool, **given: Any) -> Exit:
    from safeconduct.attack.run import Plan  # noqa: PLC0415 - numpy is loaded only for this command

    plan = Plan(attacks=_names(given["names"]), guesses=GUESSES[small], small=small,
                people=given["people"] or PEOPLE[small], days=given["days"] or DAYS[small],
                schema=DataSchema(given["schema"] or DataSchema.PHONE))  # fmt: skip
    policy, url = given["policy"], given["url"]
    _fitting(url, given["schema"], given["dataset"])
    with bar(quiet=as_json) as tell:
        reports = _served(plan, tell, **given) if url else _practice(policy, plan, tell)
    _print(reports, as_json=as_json, several=policy == EVERY and not url)
    return Exit.FAILED if strict and any(one.missed() for one in reports) else Exit.DONE


def _fitting(url: str, schema: str | None, dataset: str) -> None:
    """Refuse what goes with the other sort of site only."""
    if url and schema:
        raise BadInput(say("--schema is for a practice site; a site of one's own says itself what it holds"))
    if dataset and not url:
        raise BadInput(say("--dataset goes with --url; a practice site has one data set"))


def _files(as_json: bool, **given: Any) -> Exit:
    """Files of records instead of a site."""
    from numpy.random import default_rng  # noqa: PLC0415 - likewise

    from safeconduct.attack.files import Knowledge, attack_files  # noqa: PLC0415 - likewise
    from safeconduct.attack.site import SEED  # noqa: PLC0415 - likewise

    if not given["aux"]:
        raise BadInput("name a file of what the intruder knows with --aux")
    known = Knowledge(aux=given["aux"], truth=given["truth_column"], sensitive=given["sensitive"],
                      control=given["control"])  # fmt: skip
    with bar(quiet=as_json) as tell:
        tree = attack_files(given["releases"], known, rng=default_rng(SEED), tell=tell)
    show(tree, as_json=as_json)
    return Exit.DONE


def _names(names: Sequence[str]) -> tuple[str, ...]:
    from safeconduct.attack.base import attack as known  # noqa: PLC0415 - likewise

    for name in names:
        known[name]
    return tuple(names) or tuple(known)


def _practice(policy: str, plan: Any, tell: Any) -> "list[Report]":
    from safeconduct.attack.run import attack_practice  # noqa: PLC0415 - likewise
    from safeconduct.attack.site import levels  # noqa: PLC0415 - likewise

    return list(attack_practice(levels() if policy == EVERY else (policy,), plan, tell))


def _served(
    plan: Any, tell: Any, *, url: str, tokens: Sequence[Path], truth: Path | None, dataset: str, **_given: Any
) -> "list[Report]":
    from safeconduct.attack.run import attack_served  # noqa: PLC0415 - likewise
    from safeconduct.attack.site import foreign  # noqa: PLC0415 - likewise

    if not tokens:
        raise BadInput("name the file of an access token with --token-file; make one on the page 'Connect'")
    try:
        texts = tuple(path.read_text(encoding="utf-8").strip() for path in tokens)
    except (OSError, UnicodeDecodeError):
        raise Unreadable("the token's file cannot be read") from None
    with closing(foreign(url, texts, truth=truth, dataset=dataset)) as site:
        return [attack_served(site, plan, tell)]


def _print(reports: "Sequence[Report]", *, as_json: bool, several: bool) -> None:
    """One object; keyed by protection level where there are several."""
    trees = {one.policy: one.to_json() for one in reports}
    tree: Mapping[str, Any] = trees if several else next(iter(trees.values()))
    show(tree, as_json=as_json, says=lambda: "\n\n".join(_words(one) for one in reports))


def _words(report: "Report") -> str:
    from rich.console import Console  # noqa: PLC0415 - only tables need it

    console = Console(width=160)
    with console.capture() as said:
        console.print(report.table())
    use = report.utility
    lines = [said.get().rstrip()] if use is None else [said.get().rstrip(), _benign(use)]
    not_tried = [f"Not tried. {one}" for one in report.not_tried()]
    return "\n".join([*lines, *(f"Missed {one}" for one in report.missed()), *not_tried])


def _benign(use: "Utility") -> str:
    return (
        f"Benign workload: {use.told} of {use.cells} cells told in {use.questions} questions; refused "
        f"{use.refused_share:.1%}, median error above 100 {use.median_relative_error_over_100:.2%}, "
        f"WAPE {use.wape:.2%}."
    )
