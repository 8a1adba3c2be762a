"""Numbers as plans write them, texts such as "0.5", and as columns keep them."""

from datetime import date
from decimal import Decimal, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import ARROW, Variable, VariableType
from safeconduct.model.text import say


def decimal(text: str, name: str) -> Decimal:
    """The number a parameter says.

    Raises:
        BadInput: It is none.

    Example:
        >>> decimal("0.5", "base")
        Decimal('0.5')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadInput(say("{name} must be a number, such as 10 or 0.5", name=name), field=name) from None
    if not number.is_finite():
        raise BadInput(say("{name} must be a number, such as 10 or 0.5", name=name), field=name)
    return number


def plainly(number: Decimal) -> str:
    """A number without exponent and needless zeros.

    Example:
        >>> plainly(Decimal("1E+2")), plainly(Decimal("0.50"))
        ('100', '0.5')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def limit(text: str, name: str, variable: Variable) -> pa.Scalar:
    """A number or a day in the form a column keeps.

    Raises:
        BadInput: It is not of the column's type, or the column holds neither numbers nor days.
    """
    match variable.type:
        case VariableType.INTEGER:
            number = decimal(text, name)
            if number != number.to_integral_value():
                raise BadInput(
                    say("{name} must be a whole number for the column '{column}'", name=name, column=variable.name),
                    field=name,
                )
            return pa.scalar(int(number), pa.int64())
        case VariableType.NUMBER:
            return pa.scalar(float(decimal(text, name)), pa.float64())
        case VariableType.DATE:
            return pa.scalar(day(text, name), pa.date32())
        case VariableType.TEXT | VariableType.BOOLEAN | VariableType.MOMENT:
            raise BadInput(
                say("the column '{column}' holds neither numbers nor days", column=variable.name), field=name
            )


def day(text: str, name: str) -> date:
    """The day a parameter says.

    Raises:
        BadInput: It is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(say("{name} must be a day, written YYYY-MM-DD", name=name), field=name) from None


def kept_as(column: pa.ChunkedArray, variable: Variable) -> pa.ChunkedArray:
    """A column in the Arrow type its variable says; files may keep whole numbers in fewer bits.

    Raises:
        BadInput: It does not hold what its description says.
    """
    try:
        return column.cast(ARROW[variable.type])
    except pa.ArrowInvalid:
        raise BadInput(
            say("the column '{column}' does not hold what its description says", column=variable.name),
            field=variable.name,
        ) from None


def codes_of(values: pa.Array) -> list[str]:
    """Values as the texts that stand in categories: `1`, `1.5`, `M`, `true`, `2026-03-01`.

    Example:
        >>> codes_of(pa.array([1.0, 1.5]))
        ['1', '1.5']
    """
    if pa.types.is_floating(values.type):
        return [plainly(Decimal(repr(one))) for one in values.to_pylist()]
    return [str(one) for one in pc.cast(values, pa.string()).to_pylist()]
