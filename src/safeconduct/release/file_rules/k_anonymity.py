"""Nobody alone among the keys."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.editions import Finding
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FileRule, Subject, at_least, file_rule, smallest
from safeconduct.release.linked import linked


@file_rule
@dataclass(frozen=True, kw_only=True)
class KAnonymity(FileRule):
    """Stops a file in which a combination of key values is shared by fewer records than `minimum`.

    Keys of the household's table count as keys of its members, since both files are handed over. A missing value is a
    wildcard, also one that has a code such as `refused`: whoever looks for somebody does not know what they refused.
    It counts records of the file, not people of the population, and says nothing of what the shared records have in
    common: that is `l_diversity`.

    Attributes:
        minimum: Records that must share every combination, 2 to 1,000,000; exactly as many are enough.

    References:
        Samarati and Sweeney (1998), Protecting privacy when disclosing information, SRI-CSL-98-04.
    """

    name: ClassVar[str] = "k_anonymity"
    title: ClassVar[Text] = Text("Nobody alone")

    minimum: int

    def __post_init__(self) -> None:
        at_least("minimum", self.minimum, 2)

    def in_words(self) -> Text:
        """The minimum, in a sentence."""
        return say(
            "Every combination of what others may know of a person is shared by at least {minimum} records.",
            minimum=self.minimum,
        )

    def check(self, subject: Subject) -> Finding:
        """Count the records that share each combination, in every table."""
        few = {}
        for file in subject.draft.files:
            table, design = linked(subject.draft.files, subject.tables, subject.roles, file.name)
            few[file.name] = smallest(table, design.keys, self.minimum)[1] if design.keys else 0
        wrong = {name: count for name, count in few.items() if count}
        if not wrong:
            return self.found(say("No combination is shared by fewer than {minimum} records.", minimum=self.minimum),
                              passed=True)  # fmt: skip
        told = ", ".join(f"{name}: {count}" for name, count in wrong.items())
        return self.found(
            say("Records in groups of fewer than {minimum}: {told}.", minimum=self.minimum, told=told),
            passed=False,
            advice=say(
                "Group the values of {files} more coarsely, or suppress single values until every combination is "
                "shared by {minimum} records.",
                files=", ".join(wrong),
                minimum=self.minimum,
            ),
        )
