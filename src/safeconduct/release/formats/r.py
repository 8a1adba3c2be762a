"""A script that reads the CSV file into R with its labels."""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow.compute as pc

from safeconduct.model.microdata import Variable, VariableType
from safeconduct.model.text import Text
from safeconduct.release.file_format import Export, FileFormat, Sink, codes_of, file_format, told

HEAD = """# Reads {csv} with labels; needs nothing but R. Run it in the folder where the file is:
# source("{script}", encoding = "UTF-8")
data <- read.csv("{csv}", colClasses = "character", na.strings = character(0), check.names = FALSE,
                 fileEncoding = "UTF-8", stringsAsFactors = FALSE)
text <- function(x) sub("^'([=+@\\t\\r-])", "\\\\1", x)
names(data) <- text(names(data))
filled <- function(x, codes) {{ x[x == "" | x %in% codes] <- NA; x }}
"""
NUMBERS = frozenset({VariableType.INTEGER, VariableType.NUMBER, VariableType.BOOLEAN})
QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": ""})


@file_format
class R(FileFormat):
    """An R script beside the CSV file.

    It makes the data frame `data`: numbers as numbers, dates as dates, codes of missing answers as `NA` with the code
    kept in the attribute `missing_codes`, labels in the attributes `label` and `labels`, as `haven` has them.
    """

    name: ClassVar[str] = "r"
    title: ClassVar[Text] = Text("R script")
    says: ClassVar[Text] = Text("Reads the CSV file into R with labels and codes of missing answers.")
    suffix: ClassVar[str] = "R"
    media: ClassVar[str] = "text/x-r"

    def write(self, export: Export, out: Sink) -> tuple[Text, ...]:
        """Write the script."""
        name = export.file.name
        out.write(HEAD.format(csv=f"{name}.csv", script=f"{name}.R").encode())
        for variable in export.file.variables:
            out.write(("".join(f"{line}\n" for line in _lines(export, variable))).encode())
        return ()


def _lines(export: Export, variable: Variable) -> Iterator[str]:
    cell, codes = f"data[[{_quoted(variable.name)}]]", _codes(export, variable)
    listed = ", ".join(_quoted(code) for code in codes)
    yield f"codes <- ifelse({cell} %in% c({listed}), {cell}, NA)" if codes else "codes <- NULL"
    yield f"{cell} <- {_made(variable, f'filled({cell}, c({listed}))' if codes else cell)}"
    if codes:
        yield f'attr({cell}, "missing_codes") <- codes'
    if label := export.says(variable.labels):
        yield f'attr({cell}, "label") <- {_quoted(label)}'
    labelled = [(export.says(one.labels), one.code) for one in told(variable) if export.says(one.labels)]
    if labelled:
        pairs = ", ".join(f"{_quoted(said)} = {_value(variable, code)}" for said, code in labelled)
        yield f'attr({cell}, "labels") <- c({pairs})'


def _codes(export: Export, variable: Variable) -> list[str]:
    found = codes_of(export.table, variable.name)
    return [] if found is None else sorted(str(one) for one in pc.unique(found).to_pylist() if one is not None)


def _made(variable: Variable, cells: str) -> str:
    match variable.type:
        case VariableType.INTEGER | VariableType.NUMBER | VariableType.BOOLEAN:
            return f"as.numeric({cells})"
        case VariableType.DATE:
            return f'as.Date({cells}, format = "%Y-%m-%d")'
        case VariableType.MOMENT:
            return f'as.POSIXct({cells}, format = "%Y-%m-%dT%H:%M:%OS", tz = "UTC")'
        case _:
            return f"text({cells})"


def _value(variable: Variable, code: str) -> str:
    number = variable.type in NUMBERS and code.replace(".", "", 1).lstrip("-").isdigit()
    return code if number else _quoted(code)


def _quoted(text: str) -> str:
    return f'"{text.translate(QUOTED)}"'
