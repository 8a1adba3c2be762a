"""Registering: somebody from outside makes an account, which lets them ask for files and no more; open to everybody."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from markupsafe import Markup

from safeconduct.actions.people import NewPerson
from safeconduct.actions.profiles import KINDS
from safeconduct.model.errors import BadInput, NotPermitted, TooMany
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Choice,
    Item,
    Link,
    Option,
    choice,
    details,
    form,
    links,
    listing,
    notice,
    once,
    paragraph,
    section,
)
from safeconduct.server.forms import Filled
from safeconduct.server.page import NOBODY, Reply, Shown, Visit, page

HERE = "/register"
ASKED = ("login", "name", "password", "organisation", "kind")
USED = (
    say("Your name and organisation are shown to the people who decide your requests and to your own team."),
    say("What you do with files is recorded, under a number that only this site can match with your name."),
    say("Your name is kept encrypted under a key of its own; it is destroyed when you ask to be forgotten."),
    say("Your address on the internet is used to stop abuse and to hold a licence to its networks; it is not kept."),
)


@page(
    HERE,
    title=say("Make an account"),
    public=True,
    about=say(
        "An account is needed to ask for files; searching and reading take none. Keep the code for your "
        "authenticator app: you need it every time you sign in."
    ),
)
def show(visit: Visit) -> Reply:
    """The form, and once it was sent, what goes into the authenticator app."""
    words = visit.words
    if visit.visitor is not None:
        has = notice(words, say("You are signed in, so you have an account already."))
        return Shown(title=say("Make an account"), body=[has, links(words, [Link(say("Today"), "/today")])])
    wrong: list[tuple[str, Text | str]] = []
    if visit.posted:
        try:
            return _made(visit, visit.act("register", **_sent(visit.form)))
        except (BadInput, NotPermitted, TooMany) as error:
            wrong = [(error.field, error.text)]
    lead = say("With an account you can ask for files. Searching and reading descriptions takes none.")
    kept = {name: text for name, text in visit.form.items() if name != "password"}
    body = [_form(visit, Filled(words, kept, wrong))]
    return Shown(title=say("Make an account"), lead=lead, body=body, status=422 if wrong else 200)


def _sent(sent: Mapping[str, str]) -> dict[str, object]:
    """What the form says, as the verb takes it.

    Raises:
        BadInput: No kind of organisation was chosen.
    """
    if not sent.get("kind"):
        raise BadInput(say("Choose what sort of organisation it is."), field="kind")
    return {**{name: sent.get(name, "") for name in ASKED}, "agreed": sent.get("agreed") == "yes"}


def _form(visit: Visit, filled: Filled) -> Markup:
    words = visit.words
    kinds = [Option(value, says) for value, says in KINDS]
    agreed = Choice(name="agreed", label=say("Your own data"), sort="many", error=filled.error("agreed"),
                    chosen=[visit.form.get("agreed", "")],
                    options=[Option("yes", say("I read how my own data are used."))])  # fmt: skip
    asked = form(
        words,
        filled.text("name", say("Your name"), autocomplete="name", bounds={"maxlength": "120"}),
        filled.text("organisation", say("Organisation you work for"), autocomplete="organization",
                    bounds={"maxlength": "200"}),
        filled.pick("kind", say("What sort of organisation it is"), kinds, sort="one"),
        filled.text("login", say("Login"), autocomplete="username", bounds={"maxlength": "60"},
                    hint=say("Small letters, digits, dots and dashes, such as amina.diallo.")),
        filled.text("password", say("Password"), sort="password", autocomplete="new-password",
                    bounds={"minlength": "12"},
                    hint=say("At least 12 characters; several words in a row are easy to keep in mind.")),
        details(words, say("How your own data are used"), listing(words, [Item(title=one) for one in USED])),
        choice(words, agreed),
        action=HERE,
        submit=say("Make the account"),
        csrf=NOBODY,
    )  # fmt: skip
    return Markup("").join([filled.summary(), asked])


def _made(visit: Visit, made: NewPerson) -> Shown:
    """The address for the authenticator app, this one time."""
    words = visit.words
    key = parse_qs(urlsplit(made.secret).query).get("secret", [""])[0]
    body = [
        paragraph(words, say("Your account “{login}” is made. One step is left, and only now: signing in takes a code "
                             "from an authenticator app.", login=made.login)),
        section(words, say("1. Put this key into your authenticator app"), once(words, say("Key"), key),
                paragraph(words, say("If the app is on the device you read this on, open it from here.")),
                links(words, [Link(say("Open the authenticator app"), made.secret)])),
        section(words, say("2. Sign in"),
                paragraph(words, say("The app shows six digits that change every half minute: they are the code.")),
                links(words, [Link(say("Sign in"), "/sign-in")])),
    ]  # fmt: skip
    return Shown(title=say("Your account"), body=body)
