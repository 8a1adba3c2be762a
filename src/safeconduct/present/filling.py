"""Templates, filled with escaping always on and every name required."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from safeconduct.present.words import Words

FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill(template: str, words: Words, /, **values: object) -> Markup:
    """A template filled in one language.

    In it, `_("...", name=value)` says a sentence or a `Text`, and `words` tells numbers and days.

    Args:
        template: Its file's name without `.html`.
        words: The language.
        **values: What the template names; a name it uses and nobody gives is an error.
    """
    text = _environment().get_template(f"{template}.html").render(_=words.say, words=words, **values)
    return Markup(text)  # noqa: S704 - the template escaped every value
