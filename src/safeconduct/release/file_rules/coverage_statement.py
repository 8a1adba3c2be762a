"""Whoever reads the file must know who is missing from it."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.editions import FileAdmission, Finding
from safeconduct.model.outcomes import Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.study import Access, Study
from safeconduct.model.text import Text, say
from safeconduct.release.base import set_by
from safeconduct.release.file_base import FileRule, Subject, file_rule


@file_rule
@dataclass(frozen=True, kw_only=True)
class CoverageStatement(FileRule):
    """Refuses a study that does not say who is missing and what is biased."""

    name: ClassVar[str] = "coverage_statement"
    title: ClassVar[Text] = Text("Who is missing")

    def in_words(self) -> Text:
        """What must be said."""
        return say("The study says who is missing from the data and what is biased.")

    def admit(self, study: Study, access: Access, policy: Policy) -> Refusal | None:
        """Refuse a study without its limits."""
        del access
        if any(text.strip() for text in study.limits.values()):
            return None
        return Refusal(
            reason=f"{self.name}.missing",
            what=say("The study {study} does not say who is missing from the data.", study=study.id),
            rule=self.in_words(),
            agreement=set_by(policy),
        )

    def check(self, subject: Subject) -> Finding:
        """The same, of what the admission carries."""
        said = any(text.strip() for text in subject.admission.limits.values())
        return self.found(
            say("The coverage statement is there.") if said else say("The coverage statement is missing."),
            passed=said,
            advice=say("Write down in the description of the study who is missing and what is biased."),
        )

    def statement(self, admission: FileAdmission) -> tuple[Text, ...]:
        """The study's own words; they are in its languages and not translated."""
        return tuple(say("Limits: {limits}", limits=text.strip()) for text in admission.limits.values() if text.strip())
