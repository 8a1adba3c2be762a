"""Protection levels explained: what each rule means, and what the level does to a made-up table."""

from safeconduct.actions.room import Room
from safeconduct.actions.verb import action
from safeconduct.model.errors import NotFound
from safeconduct.model.policy import Policy
from safeconduct.model.text import say
from safeconduct.release.explained import LevelExplained, explained


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
    if name not in room.site.policies:
        known = ", ".join(room.site.policies)
        raise NotFound(say("there is no protection level of that name; there are: {known}", known=known))
    return room.site.policies[name]
