"""Everything known of the columns, for programs."""

import json
from typing import ClassVar

from safeconduct.model.text import Text
from safeconduct.model.trees import to_tree
from safeconduct.release.file_format import Export, FileFormat, Sink, file_format

ABOUT = "labels by language; a category with missing: true is a code of missing answers"


@file_format
class Labels(FileFormat):
    """A JSON file with the name, type, labels, categories, missing codes and treatment of every column.

    Nothing is cut or left out, in any language: what another format has no room for stands here.
    """

    name: ClassVar[str] = "labels"
    title: ClassVar[Text] = Text("Labels")
    says: ClassVar[Text] = Text("Labels, categories and codes of missing answers in every language, for programs.")
    suffix: ClassVar[str] = "labels.json"
    media: ClassVar[str] = "application/json"

    def write(self, export: Export, out: Sink) -> tuple[Text, ...]:
        """Write what is known of the columns."""
        tree = {"about": ABOUT, "study": export.title, "file": to_tree(export.file)}
        out.write((json.dumps(tree, ensure_ascii=False, indent=1) + "\n").encode())
        return ()
