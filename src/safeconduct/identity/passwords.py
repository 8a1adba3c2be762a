"""Passwords: what a good one is, and argon2id for keeping none of them."""

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from safeconduct.model.errors import BadInput
from safeconduct.model.text import say

SHORTEST = 12
LONGEST = 256
LEAST_DIFFERENT = 5
AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB; more than two at once would let a crowd at the door fill the memory."""


class Passwords:
    """Hashes and checks passwords.

    Args:
        hasher: argon2id with the library's defaults where left out; tests take a cheaper one.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._nobody = ""

    def hash(self, password: str, *, login: str) -> str:
        """The hash of a new password.

        Raises:
            BadInput: It is too short, too long, too simple, or the login; the message says which.
        """
        self.check_strength(password, login=login)
        with AT_ONCE:
            return self._hasher.hash(_normal(password))

    def check_strength(self, password: str, *, login: str) -> None:
        """Whether a password is good enough.

        Raises:
            BadInput: It is not; the message says why.
        """
        if len(password) < SHORTEST:
            raise BadInput(say("a password has at least {least} characters", least=SHORTEST), field="password")
        if len(password) > LONGEST:
            raise BadInput(say("a password has at most {most} characters", most=LONGEST), field="password")
        if len(set(password)) < LEAST_DIFFERENT:
            raise BadInput(say("use at least {least} different characters", least=LEAST_DIFFERENT), field="password")
        if login.casefold() == password.casefold():
            raise BadInput(say("the password may not be the login"), field="password")

    def matches(self, password: str, kept: str) -> bool:
        """Whether a password is the one that was kept; takes as long where none was.

        Args:
            password: What somebody typed.
            kept: A hash, or `""` for somebody who does not exist.
        """
        typed = password if len(password) <= LONGEST else ""
        with AT_ONCE:
            try:
                self._hasher.verify(kept or self._decoy(), _normal(typed))
            except (Argon2Error, InvalidHashError):
                return False
        return bool(kept)

    def is_outdated(self, kept: str) -> bool:
        """Whether a hash was made with weaker parameters than now."""
        return self._hasher.check_needs_rehash(kept)

    def rehash(self, password: str) -> str:
        """The hash of a password that just matched, with today's parameters."""
        with AT_ONCE:
            return self._hasher.hash(_normal(password))

    def _decoy(self) -> str:
        """A hash nobody's password has, so that an unknown login costs as much as a wrong password."""
        if not self._nobody:
            self._nobody = self._hasher.hash("nobody signs in with this")
        return self._nobody


def _normal(password: str) -> str:
    """One spelling for one password, whichever keyboard typed it."""
    return unicodedata.normalize("NFKC", password)
