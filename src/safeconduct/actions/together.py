"""Few people that many answers show together: looked for every night and before files leave, decided by people.

Whether files wait never depends on the file that is asked for: under a level with the rule `linear_span` every file
waits for the look, and then all files of the data set wait for the data protection officer, or none does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.spanning import LeftOut, Look, look_together
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, task_of, works
from safeconduct.govern.roles import Role
from safeconduct.jobs.queue import STANDING, Heartbeat, Job
from safeconduct.ledger.entries import Fact
from safeconduct.ledger.ledger import Ledger, Transaction
from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import BadInput, NotFound, WrongState
from safeconduct.model.outcomes import Insight, Release
from safeconduct.model.policy import Policy
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_mapping
from safeconduct.release.gate import from_tree as release_from_tree
from safeconduct.release.together import looked_at_before

FEW, VERB = "few_together", "look_together"
NOTHING, FOUND, ALLOWED, HELD = "nothing", "found", "allowed", "held"
WAIT = frozenset({FOUND, HELD})
MOST_ANSWERS = 400
LONGEST_REASON = 2_000
AUDIENCE = "checkers, data stewards and the data protection officer"
PAGE = "/assurance/few"
WAITS = say(
    "Files about these records leave once everything told of them was looked at together and, where it takes that, the "
    "data protection officer let them. Ask again in a while; the figures stay on the page of the answer."
)


@dataclass(frozen=True, kw_only=True)
class About:
    """What a look is made from; the same is looked at once.

    Attributes:
        dataset: Name of the data set.
        manifest: The version of its records.
        answers: Identities of answers, the newest first.
        left_out: Older answers that are not looked at.
        since: When the oldest of `answers` was decided; `None` where there are none.
    """

    dataset: str
    manifest: str
    answers: tuple[str, ...]
    left_out: int = 0
    since: datetime | None = None

    @property
    def key(self) -> str:
        """Names the job."""
        return f"{VERB}/{digest(to_mapping(self))}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Kept:
    """A look as it is kept sealed. Its `repr` shows nothing.

    Attributes:
        look: What was found.
        about: What was looked at.
        decided: Marks of groups that the data protection officer decided about.
        reason: What they said of it.
    """

    look: Look
    about: About
    decided: tuple[str, ...] = ()
    reason: str = ""

    def covers(self, answer_id: str, at: datetime) -> bool:
        """Whether an answer was looked at, or left out because it is older than all that were."""
        older = self.about.since is not None and self.about.left_out > 0 and at < self.about.since
        return older or answer_id in self.about.answers

    def __repr__(self) -> str:
        """What it is."""
        return "Kept()"


@dataclass(frozen=True, kw_only=True)
class FewTogether:
    """What all answers about a data set show together of few people, for insiders.

    Attributes:
        dataset: Name of the data set.
        state: `nothing` was found; `found` and not decided yet; files are `allowed` to leave, or `held`.
        at: When it was looked, UTC; `None` before the first look.
        look: Names this look; whoever decides names what they saw. `""` before the first look.
        answers: How many answers were looked at, those that were left out with them.
        left_out: How many of them were not looked at, by why: `older`, `records`, `sums`, `memory`; `groups` counts
            groups of figures.
        minimum: From how many people on a group is not few.
        reason: What the data protection officer said.
        figures: The findings: for pages alone, no door carries them; `None` before the first look.
        work: How far a look is that is being made.
    """

    dataset: str
    state: str = NOTHING
    at: datetime | None = None
    look: str = ""
    answers: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict, hash=False)
    minimum: int = 0
    reason: str = ""
    figures: Insight | None = None
    work: Task | None = None


@action(needs="measure", repeatable=True)
def few_together(room: Room, *, dataset: str) -> FewTogether:
    """Tell which answers about a data set show few people when they are added to and subtracted from each other.

    It is looked every night; where something was answered since, it is looked again: ask again in a while. What was
    found is shown on pages and carried by no other door; that you asked is recorded.

    Args:
        dataset: Name of the data set.
    """
    if dataset not in room.site.datasets():
        raise NotFound(say("There is no data set of that name."))
    about = about_of(room.site, dataset)
    with room.write() as act:
        act.record(dataset, {})
        begin_look(act, about)
    found = report(room.site, dataset)
    work = task_of(room, about.key)
    return replace(found, work=work if work is not None and work.waits else None)


@action(needs="measure", reads=True)
def few_together_looks(room: Room) -> list[FewTogether]:
    """For every data set whether answers show few people together, and what was decided; without what was found."""
    return [replace(report(room.site, one), figures=None, reason="") for one in room.site.datasets()]


@action(needs="approve", repeatable=True)
def decide_few_together(room: Room, *, dataset: str, look: str, leave: bool, reason: str) -> FewTogether:
    """Say whether files of answers about a data set may leave though answers show few people together.

    It holds until a later look finds others. Figures that were told stay told; the files of every answer under a level
    that looks first wait or leave.

    Args:
        dataset: Name of the data set.
        look: Names the look that was seen, as `few_together` tells it.
        leave: Files may leave.
        reason: Why, up to 2,000 letters; kept sealed.
    """
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise BadInput(say("Say why, in up to {most} letters.", most=LONGEST_REASON), field="reason")
    before = _fact(room.site.ledger, dataset)
    if before is None or before.state == NOTHING or before.body["document"] != look:
        raise WrongState(say("It was looked again since; read what was found and decide then."))
    kept = _kept(room.site, before)
    decided = replace(kept, reason=reason.strip(), decided=kept.look.marks)
    document = room.site.documents.put(to_mapping(decided))
    with room.write() as act:
        if (now := act.tx.fact(FEW, dataset)) is None or now.body["document"] != look:
            raise WrongState(say("It was looked again since; read what was found and decide then."))
        body = {**now.body, "document": document}
        act.tx.put(FEW, dataset, body, state=ALLOWED if leave else HELD, at=room.now)
        act.record(dataset, {"leave": leave, "look": look})
    _forget(room.site, dataset, look)
    return report(room.site, dataset)


def wait_for_look(room: Room, release: Release) -> None:
    """Let files of an answer leave, or say that they wait. Figures on pages do not wait: they were told.

    Whoever waits is told the same whether nobody looked yet or somebody must decide.

    Raises:
        WrongState: They wait: for a look at everything told, or for the data protection officer.
    """
    site, dataset = room.site, release.provenance.dataset
    if not looked_at_before(site.policy(str(release.policy["id"]))):
        return
    fact, answer = _fact(site.ledger, dataset), site.ledger.answer(release.answer_id)
    seen = fact is not None and answer is not None and _kept(site, fact).covers(answer.answer_id, _moment(answer.at))
    if fact is not None and seen and fact.state not in WAIT:
        return
    about = about_of(site, dataset)
    with room.write() as act:
        if not seen:
            begin_look(act, about)
        act.record(release.answer_id, {"waits": "word" if seen else "look"})
    raise WrongState(WAITS)


def about_of(site: Site, dataset: str) -> About:
    """Everything told of a data set so far."""
    asked = [fact.id.partition(":")[2] for fact in site.ledger.facts("asked") if fact.body["dataset"] == dataset]
    told = [one for answer in dict.fromkeys(asked) if (one := site.ledger.answer(answer)) is not None]
    told.sort(key=lambda one: (one.at, one.answer_id), reverse=True)
    newest = told[:MOST_ANSWERS]
    return About(
        dataset=dataset, manifest=site.manifest(dataset).id, answers=tuple(one.answer_id for one in newest),
        left_out=len(told) - len(newest), since=_moment(newest[-1].at) if newest else None,
    )  # fmt: skip


def _moment(at: object) -> datetime:
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def begin_look(act: Act, about: About) -> None:
    """Have everything that was told looked at together, if nobody did; the record of use says so before it is read."""
    if not about.answers:
        return
    job = act.room.site.queue.get(about.key)
    if job is None or job.state not in STANDING:
        act.record(about.dataset, {"answers": len(about.answers)}, verb=VERB)
        begin(act, about.key, to_mapping(about), verb=VERB)


@works(VERB)
def _look(site: Site, job: Job, beat: Heartbeat) -> None:
    """Look; the event that says so was written before."""
    about = from_tree(About, job.body)
    answers = [_told(site, one) for one in about.answers]
    look = look_together(site, about.dataset, answers, stopped=beat.stopped)
    before = _fact(site.ledger, about.dataset)
    known = _kept(site, before) if before else None
    kept = Kept(look=look, about=about, decided=known.decided if known else (), reason=known.reason if known else "")
    document = site.documents.put(to_mapping(kept))
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        _write_down(act, kept, document, before=known)
        site.queue.finish(tx, job, result_ref=about.dataset, now=act.room.now)
    if before is not None:
        _forget(site, about.dataset, str(before.body["document"]))


def _write_down(act: Act, kept: Kept, document: str, *, before: Kept | None) -> None:
    """The fact, its event and, where somebody must decide, a message; what was found stays sealed."""
    dataset, look = kept.about.dataset, kept.look
    state = _state(kept, act.tx.fact(FEW, dataset))
    body: dict[str, Json] = {"document": document, "looked": act.room.now.isoformat()}
    act.tx.put(FEW, dataset, body, state=state, at=act.room.now)
    if state == FOUND and not set(before.look.marks if before else ()).issuperset(look.marks):
        says = say("Answers about one data set show few people together; say whether files may leave.")
        tell(act, of_the_house(act.room, Role.DPO), says, href=f"{PAGE}/{dataset}")
    act.record(dataset, {"state": state, "document": document})


def _state(kept: Kept, before: Fact | None) -> str:
    """What holds after a look: a decision lasts as long as nobody is shown whom it was not about."""
    if not kept.look.marks:
        return NOTHING
    lasts = before is not None and before.state in {ALLOWED, HELD} and set(kept.decided).issuperset(kept.look.marks)
    return before.state if before is not None and lasts else FOUND


def _told(site: Site, answer_id: str) -> tuple[Release, Policy]:
    answer = site.ledger.answer(answer_id)
    if answer is None:
        raise NotFound(say("There is no such answer."))
    release = release_from_tree(answer.tree)
    return release, site.policy(str(release.policy["id"]))


def _fact(where: Ledger | Transaction, dataset: str) -> Fact | None:
    return where.fact(FEW, dataset)


def _kept(site: Site, fact: Fact) -> Kept:
    return from_tree(Kept, site.documents.get(str(fact.body["document"])))


def _forget(site: Site, dataset: str, document: str) -> None:
    """Destroy what an earlier look found, unless it is what holds."""
    now = _fact(site.ledger, dataset)
    if now is not None and now.body["document"] != document:
        site.documents.delete(document)


def report(site: Site, dataset: str) -> FewTogether:
    """The latest look at a data set."""
    fact = _fact(site.ledger, dataset)
    if fact is None:
        return FewTogether(dataset=dataset)
    kept, body = _kept(site, fact), fact.body
    left_out = {**kept.look.left_out, **({LeftOut.OLDER.value: kept.about.left_out} if kept.about.left_out else {})}
    return FewTogether(
        dataset=dataset, state=fact.state, at=datetime.fromisoformat(str(body["looked"])), look=str(body["document"]),
        answers=len(kept.about.answers) + kept.about.left_out, left_out=left_out, minimum=kept.look.minimum,
        reason=kept.reason, figures=_insight(kept.look),
    )  # fmt: skip


def _insight(look: Look) -> Insight:
    """One row for each figure that a group is worked out from, `group` by `group`."""
    rows = [(at, few, part) for at, few in enumerate(look.few) for part in few.parts]
    columns: dict[str, list[object]] = {
        "group": [at for at, _, _ in rows],
        "sort": [few.sort for _, few, _ in rows],
        "exact": [few.exact for _, few, _ in rows],
        "kind": [part.kind for _, _, part in rows],
        "answer": [part.answer for _, _, part in rows],
        "first": [part.first for _, _, part in rows],
        "last": [part.last for _, _, part in rows],
        "level": [part.level for _, _, part in rows],
        "places": ["\n".join(part.places) for _, _, part in rows],
        "hours": [" ".join(map(str, part.hours)) for _, _, part in rows],
        "events": [" ".join(part.events) for _, _, part in rows],
        "taken_away": [part.taken_away for _, _, part in rows],
        "groups": [sum(look.counts.values()) for _ in rows],
    }
    return Insight(title=say("Few people from many figures"), table=Table.of(columns), audience=AUDIENCE)
