"""A do-file that reads the CSV file into Stata with its labels."""

from collections.abc import Iterator
from typing import ClassVar

from safeconduct.model.microdata import Variable, VariableType
from safeconduct.model.text import Text
from safeconduct.release.file_format import Export, FileFormat, Sink, codes_of, file_format, whole
from safeconduct.release.stata_words import LONGEST_LABEL, marks_of, stata_names

HEAD = """* Reads {csv} with labels. Run it in the folder where the file is.
version 14
import delimited using "{csv}", varnames(nonames) rowrange(2) stringcols(_all) bindquote(strict) ///
    encoding("UTF-8") clear
"""
NUMBERS = frozenset({VariableType.INTEGER, VariableType.NUMBER, VariableType.BOOLEAN})
PLAIN = str.maketrans({"`": "'", "$": "\\$", '"': "'", "\n": " ", "\r": " ", "\t": " ", "\0": ""})


@file_format
class StataSetup(FileFormat):
    """A Stata do-file beside the CSV file, for those who cannot open the `.dta` file.

    It makes the same names, labels and codes of missing answers as the `.dta` file has.
    """

    name: ClassVar[str] = "stata_setup"
    title: ClassVar[Text] = Text("Stata script")
    says: ClassVar[Text] = Text("Reads the CSV file into Stata with labels and codes of missing answers.")
    suffix: ClassVar[str] = "do"
    media: ClassVar[str] = "text/x-stata"

    def write(self, export: Export, out: Sink) -> tuple[Text, ...]:
        """Write the do-file."""
        names = stata_names(export.file.names)
        out.write(HEAD.format(csv=f"{export.file.name}.csv").encode())
        for place, variable in enumerate(export.file.variables, start=1):
            lines = _lines(export, variable, f"v{place}", f"_sc_{place}")
            out.write("".join(f"{line}\n" for line in lines).encode())
        for place, short in enumerate(names.values(), start=1):
            out.write(f"rename _sc_{place} {short}\n".encode())
        return ()


def _lines(export: Export, variable: Variable, raw: str, made: str) -> Iterator[str]:
    yield from _values(export, variable, raw, made)
    if label := export.says(variable.labels):
        yield f'label variable {made} "{_plain(label)}"'
    labelled = list(_labelled(export, variable)) if variable.type is not VariableType.TEXT else []
    for code, said in labelled:
        yield f'label define {made}l {code} "{_plain(said)}", add'
    if labelled:
        yield f"label values {made} {made}l"


def _values(export: Export, variable: Variable, raw: str, made: str) -> Iterator[str]:
    match variable.type:
        case VariableType.TEXT:
            yield f'generate strL {made} = ustrregexra({raw}, "^\'([=+@-])", "$1")'.replace("$1", "\\$1")
        case VariableType.DATE:
            yield f'generate long {made} = date({raw}, "YMD")'
            yield f"format {made} %td"
        case VariableType.MOMENT:
            yield f'generate double {made} = clock(subinstr({raw}, "T", " ", 1), "YMDhms")'
            yield f"format {made} %tc"
        case _:
            yield f"generate double {made} = real({raw})"
    if codes_of(export.table, variable.name) is not None and variable.type is not VariableType.TEXT:
        for code, mark in marks_of(variable, export.table).items():
            yield f'replace {made} = .{mark} if {raw} == "{_plain(code)}"'
    yield f"drop {raw}"


def _labelled(export: Export, variable: Variable) -> Iterator[tuple[str, str]]:
    marks = marks_of(variable, export.table)
    for one in variable.categories:
        code = f".{marks[one.code]}" if one.missing else whole(one.code)
        if code is not None and export.says(one.labels):
            yield str(code), export.says(one.labels)


def _plain(text: str) -> str:
    return text.translate(PLAIN)[: LONGEST_LABEL * 100]
