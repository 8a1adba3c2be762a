"""How openly a file of this level may be had."""

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
        return say("Files of this protection level are given out as '{access}' at the most.", access=self.widest.value)

    def admit(self, study: Study, access: Access, policy: Policy) -> Refusal | None:
        """Refuse a more open access."""
        del study
        if OPENNESS.index(access) >= OPENNESS.index(self.widest):
            return None
        return Refusal(
            reason=f"{self.name}.too_open",
            what=say("A file for '{access}' cannot leave under this protection level.", access=access.value),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(
                Alternative(says=say("Give it out as '{access}', or choose a stricter protection level.",
                                     access=self.widest.value)),
            ),
        )  # fmt: skip

    def check(self, subject: Subject) -> Finding:
        """The same, of the draft."""
        passed = OPENNESS.index(subject.draft.access) >= OPENNESS.index(self.widest)
        return self.found(self.in_words(), passed=passed, advice=say("Choose a stricter protection level."))
