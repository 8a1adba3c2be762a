"""How openly a file of this level may be had."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.editions import Finding
from safeconduct.model.outcomes import Alternative, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.study import Access, Study
from safeconduct.model.text import Text, say
from safeconduct.release.base import set_by
from safeconduct.release.file_base import FileRule, Subject, file_rule

OPENNESS = tuple(Access)
WIDEST: Mapping[Access, Text] = {
    Access.PUBLIC_USE: say("Files of this protection level may be given out for public use, or less openly."),
    Access.LICENSED: say("Files of this protection level are given out on request, under a licence, or less openly."),
    Access.ENCLAVE: say("Files of this protection level are analysed where they are, and never given out."),
    Access.NOT_AVAILABLE: say("Files of this protection level are described, and never given out."),
}


@file_rule
@dataclass(frozen=True, kw_only=True)
class WidestAccess(FileRule):
    """Refuses to give a file out more openly than its protection level is made for.

    Attributes:
        widest: The most open access, such as `licensed`; less open ones pass.
    """

    name: ClassVar[str] = "widest_access"
    title: ClassVar[Text] = Text("Not more openly than meant")

    widest: Access

    def in_words(self) -> Text:
        """The access, in a sentence."""
        return WIDEST[self.widest]

    def admit(self, study: Study, access: Access, policy: Policy) -> Refusal | None:
        """Refuse a more open access."""
        del study
        if OPENNESS.index(access) >= OPENNESS.index(self.widest):
            return None
        return Refusal(
            reason=f"{self.name}.too_open",
            what=say("A file cannot be given out this openly under this protection level."),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(Alternative(says=say("Give it out less openly, or choose a stricter protection level.")),),
        )

    def check(self, subject: Subject) -> Finding:
        """The same, of the draft."""
        passed = OPENNESS.index(subject.draft.access) >= OPENNESS.index(self.widest)
        return self.found(self.in_words(), passed=passed, advice=say("Choose a stricter protection level."))
