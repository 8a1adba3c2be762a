"""Protection levels explained: what each rule means, and what the level does to a made-up table."""

from collections.abc import Mapping
from pathlib import Path

from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.model.errors import NotFound
from safeconduct.model.policy import Policy
from safeconduct.model.text import say
from safeconduct.release.coherence import coherence
from safeconduct.release.explained import LevelExplained, RuleExplained, RuleParameter, explained
from safeconduct.release.policies import read_policy, shipped
from safeconduct.release.worked_example import Example, ExampleCell, ExampleQuestion

__all__ = [
    "Example",
    "ExampleCell",
    "ExampleQuestion",
    "LevelExplained",
    "RuleExplained",
    "RuleParameter",
    "coherence",
    "explain_level",
    "explained_here",
    "level_of",
]
FILE = ".toml"


@action(needs="look", reads=True)
def explain_level(room: Room, *, name: str) -> LevelExplained:
    """Explain a protection level: each rule with every parameter, what it does not stop, and worked examples.

    The examples are made-up tables and questions that run through the level's real rules; no record is read.

    Args:
        name: What agreements call the level, such as `operational`.
    """
    return explained(level_of(room, name))


def level_of(room: Room, name: str) -> Policy:
    """A protection level of this site by its name.

    Raises:
        NotFound: There is none.
    """
    return _named(room.site.policies, name)


def explained_here(name: str, site: Path | None) -> LevelExplained:
    """A level explained on this machine, whoever asks: of the package, of a site, or of a file somebody writes.

    Args:
        name: Its name, or the path of a TOML file.
        site: Folder of the site whose level it is; `None` for the package's own.

    Raises:
        NotFound: No level is called that.
        Unreadable: The file cannot be read.
        BadInput: The file is no protection level; the message says what to change.
    """
    if name.endswith(FILE):
        return explained(read_policy(Path(name)))
    return explained(_named(Site.open(site).policies if site is not None else shipped(), name))


def _named(levels: Mapping[str, Policy], name: str) -> Policy:
    if name not in levels:
        known = ", ".join(levels)
        raise NotFound(say("there is no protection level of that name; there are: {known}", known=known))
    return levels[name]
