"""The scripts a block asks for; they add comfort, and every page works without them."""

from markupsafe import Markup

from safeconduct.present.assets import Script, address


def script(name: Script) -> Markup:
    """Ask for one of our own scripts; it runs once the page is read, and a second asking changes nothing."""
    return Markup('<script src="{}" defer></script>').format(address(name.value))
