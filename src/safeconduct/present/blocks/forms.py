"""Forms: every control has a label, its hint and its error beside it, and works without script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from safeconduct.model.text import Text
from safeconduct.present.filling import fill
from safeconduct.present.words import Words


@dataclass(frozen=True, kw_only=True)
class Input:
    """A control one types into.

    Attributes:
        name: Its name in the form.
        label: What to write there.
        sort: What it takes.
        value: What stands there.
        hint: How to write it.
        error: What is wrong with what was written.
        required: Whether it may stay empty.
        autocomplete: HTML's word for what a browser may fill in.
        bounds: HTML attributes such as `min`, `max`, `maxlength`, `inputmode`.
    """

    name: str
    label: Text | str
    sort: Literal["text", "password", "date", "number", "search", "email", "textarea"] = "text"
    value: str = ""
    hint: Text | str = ""
    error: Text | str = ""
    required: bool = True
    autocomplete: str = "off"
    bounds: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Option:
    """One thing to choose."""

    value: str
    says: Text | str
    hint: Text | str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A control one chooses from.

    Attributes:
        name: Its name in the form.
        label: What to choose.
        options: What there is.
        chosen: Values chosen now.
        sort: A drop-down list, one of several buttons, or boxes to tick.
        hint: What the choice does.
        error: What is wrong with the choice.
    """

    name: str
    label: Text | str
    options: Sequence[Option]
    chosen: Sequence[str] = ()
    sort: Literal["list", "one", "many"] = "list"
    hint: Text | str = ""
    error: Text | str = ""


def field(words: Words, control: Input) -> Markup:
    """A labelled control to type into."""
    return fill("field", words, control=control, described=_described(control.name, control.hint, control.error))


def choice(words: Words, control: Choice) -> Markup:
    """A labelled control to choose from."""
    return fill("choice", words, control=control, described=_described(control.name, control.hint, control.error))


def _described(name: str, hint: Text | str, error: Text | str) -> str:
    return " ".join(f"{name}-{part}" for part, text in (("hint", hint), ("error", error)) if text)


def hidden(name: str, value: str) -> Markup:
    """A value the form carries along."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)


def form(
    words: Words,
    *controls: Markup,
    action: str,
    submit: Text | str,
    csrf: str = "",
    second: tuple[str, Text] | None = None,
    half_done: bool = False,
) -> Markup:
    """Controls with a button. With a CSRF token it changes something (POST); without, it only looks (GET).

    Args:
        words: The language.
        *controls: What the form asks.
        action: Where it goes.
        submit: What its button says.
        csrf: The session's token, `""` for a form that changes nothing.
        second: Another way to send the same form: its address and what its button says.
        half_done: It may be sent with required controls empty: it is kept as far as it goes, and looked at later.
    """
    return fill(
        "form", words, controls=controls, action=action, submit=submit, csrf=csrf, second=second, half_done=half_done
    )


def button(
    words: Words, label: Text | str, *, action: str, csrf: str, values: Mapping[str, str] | None = None,
    tone: Literal["main", "quiet", "danger"] = "main",
) -> Markup:  # fmt: skip
    """One act as a form of its own, so that it is a POST and cannot be done by following a link."""
    carried = [hidden(name, value) for name, value in (values or {}).items()]
    return fill("button", words, label=label, action=action, csrf=csrf, carried=carried, tone=tone)


def error_summary(words: Words, errors: Sequence[tuple[str, Text | str]]) -> Markup:
    """What is wrong with a form, first on the page, each line leading to its control; nothing where all is well.

    Args:
        words: The language.
        errors: Name of the control and what is wrong; `""` for what concerns the whole form.
    """
    return fill("error_summary", words, errors=errors) if errors else Markup("")
