"""Getting files: the terms to accept, and what is ready to take home."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from safeconduct.model.text import Text
from safeconduct.present.blocks.uploads import told_size
from safeconduct.present.filling import fill
from safeconduct.present.words import Words


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What somebody accepts before they get files.

    Attributes:
        title: What it is.
        clauses: Its clauses, numbered as they stand here.
        digest: SHA-256 of the text; sent along, so that what was accepted can be proven.
        accepts: The sentence beside the box to tick.
        prevails: Which language counts where translations differ, in words; `""` where there is one.
    """

    title: Text | str
    clauses: Sequence[Text | str]
    digest: str
    accepts: Text | str
    prevails: Text | str = ""


def terms(words: Words, agreed: Terms, *, action: str = "", csrf: str = "") -> Markup:
    """The clauses, numbered; with an address, a box that must be ticked and a button.

    Args:
        words: The language.
        agreed: The terms.
        action: Where `terms` (the digest) and `accept` go; `""` only shows them.
        csrf: The session's token.
    """
    return fill("terms", words, terms=agreed, action=action, csrf=csrf)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A file that is ready for one person.

    Attributes:
        name: Its name.
        format: What it is, such as `Stata 14`.
        says: What it is good for.
        size: Bytes.
        href: Where it is, `""` where it cannot be had now.
        left: Downloads left, `None` where they are not counted.
        sha256: Digest of its content, `""` where it is not told.
    """

    name: str
    format: Text | str
    says: Text | str
    size: int
    href: str = ""
    left: int | None = None
    sha256: str = ""


def deliveries(words: Words, files: Sequence[Delivery], *, encrypted: bool = False) -> Markup:
    """Files ready for one person: format, size, downloads left, and how to go on after a cut line.

    Args:
        words: The language.
        files: The files.
        encrypted: They are encrypted to the person's own key.
    """
    told = [(one, told_size(words, one.size), bool(one.href) and one.left != 0) for one in files]
    return fill("deliveries", words, files=told, encrypted=encrypted)
