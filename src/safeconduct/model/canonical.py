"""One text for one value: RFC 8785 JSON without floats, and the hashes made of it."""

import hashlib
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring

from safeconduct.model.errors import BadInput

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]
SAFE_INTEGER = 2**53 - 1


def canonical(value: object) -> str:
    """The RFC 8785 text of a JSON value; keys sorted by UTF-16 code units, no spaces.

    Floats are refused, so that no two machines can print one number differently; write a share as
    parts per million, or as a decimal string.

    Args:
        value: `None`, booleans, integers within ±(2⁵³ − 1), strings, lists or tuples, and mappings with string keys.

    Raises:
        BadInput: A value has no canonical text; the message names its type, never the value.

    Example:
        >>> canonical({"b": [1, True], "a": None})
        '{"a":null,"b":[1,true]}'
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() if abs(value) <= SAFE_INTEGER:
            return str(int(value))
        case str():
            return _string(value)
        case Mapping():
            return "{" + ",".join(_members(value)) + "}"
        case list() | tuple():
            return "[" + ",".join(canonical(one) for one in value) + "]"
        case _:
            raise BadInput(f"a {type(value).__name__} has no canonical text; use integers, strings, lists and mappings")


def _string(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadInput("a text with half a character has no canonical form") from None
    return encode_basestring(str(value))


def _members(value: Mapping[object, object]) -> list[str]:
    if not all(isinstance(key, str) for key in value):
        raise BadInput("the keys of a canonical object are strings")
    texts = {key: _string(key) for key in value if isinstance(key, str)}
    return [f"{texts[key]}:{canonical(value[key])}" for key in sorted(texts, key=lambda key: key.encode("utf-16-be"))]


def digest(value: object) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal digits.

    Example:
        >>> digest({})[:8]
        '44136fa3'
    """
    return hashlib.sha256(canonical(value).encode()).hexdigest()
