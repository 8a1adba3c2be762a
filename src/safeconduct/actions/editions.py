"""Editions: treated files made a draft of, handed in, checked by others, approved; and the moves between."""

from dataclasses import dataclass

from safeconduct.actions.profiles import home_of, person_of
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.studies import study_of
from safeconduct.govern.reviews import Invitation, Review, Vote, parts_in_review
from safeconduct.govern.states.machine import Part
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json
from safeconduct.model.editions import FileAdmission, FileDraft, FileRelease
from safeconduct.model.errors import NotFound, NotPermitted
from safeconduct.model.outcomes import Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.study import Access
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_mapping
from safeconduct.release.gate import admit_file, file_from_tree

LEFT = frozenset({"released", "superseded", "retracted"})
UNDER_REVIEW = frozenset({"submitted", "partially_reviewed"})
FIRST_STATES = frozenset({"draft", "returned"})


@dataclass(frozen=True, kw_only=True)
class Edition:
    """What the site holds of an edition, by digest where it is long.

    Attributes:
        study: Id of the study.
        number: From 1.
        access: How it would be had, or can be.
        draft: Document with the draft; votes are bound to it.
        tried: Document with what the treatment did.
        policy: Id of the protection level.
        authors: Opaque ids of everybody who wrote or edited the treatment plan.
        invitations: Checkers from elsewhere.
        release: Document with the release, `""` before.
        files: Document with the files that can be had, `""` before.
        manifest: Chest with the signed manifest, `""` before.
        reason: Why it was taken back or superseded.
    """

    study: str
    number: int
    access: Access
    draft: str
    tried: str
    policy: str
    authors: tuple[str, ...]
    invitations: tuple[Invitation, ...] = ()
    release: str = ""
    files: str = ""
    manifest: str = ""
    reason: str = ""

    @property
    def id(self) -> str:
        """Study and number."""
        return f"{self.study}/{self.number}"


def edition_of(site: Site, edition: str) -> tuple[Edition, Fact]:
    """An edition by its id, with the fact that tells where it is.

    Raises:
        NotFound: There is none.
    """
    fact = site.ledger.fact("edition", edition)
    if fact is None:
        raise NotFound(say("There is no such edition."))
    return from_tree(Edition, fact.body), fact


def edition_for(room: Room, edition: str) -> tuple[Edition, Fact]:
    """An edition that the caller is something to; anybody else is told what they are told of one that is not there.

    Raises:
        NotFound: There is none, or they have no part in it.
    """
    found, fact = edition_of(room.site, edition)
    if not parts_of(room, found, fact):
        raise NotFound(say("There is no such edition."))
    return found, fact


def editions_of(site: Site, study: str) -> list[tuple[Edition, Fact]]:
    """Every edition of a study, the first one first."""
    facts = site.ledger.facts("edition", prefix=f"{study}/")
    return [(from_tree(Edition, fact.body), fact) for fact in facts]


def draft_of(site: Site, edition: Edition) -> FileDraft:
    """The draft of an edition."""
    return from_tree(FileDraft, site.documents.get(edition.draft))


def release_of(site: Site, edition: Edition) -> FileRelease:
    """The release of an edition that left.

    Raises:
        NotFound: It did not leave.
    """
    tree = site.documents.get(edition.release) if edition.release else None
    if not isinstance(tree, dict):
        raise NotFound(say("This edition was not published."))
    return file_from_tree(tree)


def admission_of(site: Site, study: str, number: int, access: Access, policy: Policy) -> FileAdmission:
    """The first half of the release check for an edition, seen from its description and what left before.

    Raises:
        NotPermitted: No file could leave so; the message says why.
    """
    before = tuple(
        release_of(site, one) for one, fact in editions_of(site, study) if one.number < number and fact.state in LEFT
    )
    admission = admit_file(study_of(site, study), edition=number, access=access, policy=policy, previous=before)
    if isinstance(admission, Refusal):
        raise NotPermitted(admission.what)
    return admission


def policy_for(site: Site, access: Access) -> Policy:
    """The protection level in force for a way of access.

    Raises:
        NotFound: The site has none for it.
    """
    name = access.value.replace(" ", "_")
    if name not in site.file_policies:
        raise NotFound(say("This site has no protection level for files given out in this way."))
    return site.file_policies[name]


def review_of(site: Site, edition: Edition, fact: Fact) -> Review:
    """An edition as decisions about its review see it."""
    return Review(
        id=edition.id,
        draft=edition.draft,
        authors=frozenset(edition.authors),
        needed=max(1, policy_by(site, edition).reviewers),
        home=home_of(site),
        open=fact.state in UNDER_REVIEW,
        invitations=edition.invitations,
    )


def policy_by(site: Site, edition: Edition) -> Policy:
    """The protection level an edition was made under."""
    return site.policy(edition.policy)


def votes_of(site: Site, edition: str) -> list[Vote]:
    """Every vote on an edition, of every round, in order."""
    return [from_tree(Vote, fact.body) for fact in site.ledger.facts("vote", prefix=f"{edition}:")]


def parts_of(room: Room, edition: Edition, fact: Fact) -> frozenset[Part]:
    """What the caller is to an edition."""
    review = review_of(room.site, edition, fact)
    return parts_in_review(person_of(room), review, votes_of(room.site, edition.id), today=room.now.date())


def body_of(edition: Edition) -> dict[str, Json]:
    """What the ledger keeps of an edition."""
    return to_mapping(edition)
