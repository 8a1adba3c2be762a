"""Names, numbers and addresses that point at somebody directly, looked for again in what is about to leave.

A second look, after a person has said what each column is: it finds what has a shape, and a name of a person has none.
"""

import re
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.microdata import Variable

MANY = 20
MOSTLY = 0.5
LEAST_DIGITS = 9
LONG_NUMBER = 10_000_000
FINE = 0.1
"""Coordinates in steps of a tenth of a degree, some 11 km, are areas; finer ones are places."""

EMAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+\.[A-Za-z]{2,}"
POINT = r"-?\d{1,3}\.\d{3,}°?\s*[NSns]?\s*[,; ]\s*-?\d{1,3}\.\d{3,}"
PHONE = r"^\s*(\+|00)?\(?\d[\d\s().\-]{7,17}\d\s*$|(^|\D)\d{9,}(\D|$)|\+\d[\d\s().\-]{7,17}\d"
DAY = r"^\s*(\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})([ T].*)?\s*$"
CODE = r"^[A-Za-z0-9/_.\-]{6,}$"
DECIMAL = r"^-?\d+\.\d+$"
WORDS = frozenset({
    "name", "names", "firstname", "lastname", "surname", "fullname", "forename", "nom", "noms", "prenom", "nombres",
    "apellido", "apellidos", "phone", "telephone", "mobile", "tel", "telefono", "celular", "whatsapp", "email", "mail",
    "courriel", "correo", "passport", "passeport", "pasaporte", "address", "adresse", "direccion", "iban", "imei",
    "deviceid", "signature", "photo", "ism", "laqab", "hatif",
})  # fmt: skip
PLACES = frozenset({"gps", "lat", "latitude", "lon", "lng", "long", "longitude", "latitud", "longitud", "coord",
                    "coords", "coordinates"})  # fmt: skip
SPLIT = re.compile(r"[^a-z0-9]+")


class Telltale(StrEnum):
    """What was found; the words stand in sentences."""

    EMAIL = "e-mail addresses"
    PHONE = "telephone numbers"
    POINT = "coordinates"
    CODE = "long numbers or codes that are almost all different"
    NAME = "texts that are almost all different, under a name such as 'name' or 'address'"


def telltale(variable: Variable, column: pa.Array) -> Telltale | None:
    """What in a column points at somebody, `None` where nothing was found.

    Args:
        variable: What is known of it.
        column: Its values in one piece.
    """
    values = column.drop_null()
    if not len(values):
        return None
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return _in_texts(variable, pc.cast(values, pa.string()))
    if pa.types.is_floating(values.type):
        return Telltale.POINT if _words(variable) & PLACES and _fine(values) else None
    if pa.types.is_integer(values.type):
        different = len(pc.unique(values)) > MOSTLY * len(values) and len(values) > MANY
        return Telltale.CODE if different and _share(pc.greater_equal(pc.abs(values), LONG_NUMBER)) > MOSTLY else None
    return None


def _in_texts(variable: Variable, values: pa.Array) -> Telltale | None:
    values = pc.unique(values) if len(values) > MANY else values
    if pc.any(pc.match_substring_regex(values, EMAIL)).as_py():
        return Telltale.EMAIL
    if pc.any(pc.match_substring_regex(values, POINT)).as_py():
        return Telltale.POINT
    digits = pc.utf8_length(pc.replace_substring_regex(values, r"\D", ""))
    dialled = pc.and_(pc.match_substring_regex(values, PHONE), pc.greater_equal(digits, LEAST_DIGITS))
    if pc.any(pc.and_not(dialled, pc.or_(_like(values, DAY), _like(values, DECIMAL)))).as_py():
        return Telltale.PHONE
    if variable.categories or len(values) <= MANY:
        return None
    if _share(pc.and_not(pc.and_(_like(values, CODE), _like(values, r"\d")), _plain(values))) > MOSTLY:
        return Telltale.CODE
    return Telltale.NAME if _words(variable) & WORDS else None


def _plain(values: pa.Array) -> pa.Array:
    return pc.or_(_like(values, DAY), _like(values, DECIMAL))


def _like(values: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(values, pattern)


def _share(flags: pa.Array) -> float:
    return float(pc.mean(pc.cast(flags, pa.float64())).as_py() or 0.0)


def _fine(values: pa.Array) -> bool:
    steps = pc.divide(values, FINE)
    return bool(pc.any(pc.greater(pc.abs(pc.subtract(steps, pc.round(steps))), 1e-6)).as_py())


def _words(variable: Variable) -> set[str]:
    """Words of its name: `GPS_lat`, `resp-name` and `phoneNumber` fall apart; accents are for people, not for names."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", variable.name)
    return set(SPLIT.split(parted.lower()))
