"""Variables: what a column of a file is, there and back."""

import re
from collections.abc import Iterator, Mapping, Sequence

from safeconduct.catalogue.ddi.elements import Element, element, in_languages, text_of, words_of
from safeconduct.model.editions import VariableFigures
from safeconduct.model.microdata import Category, DataFile, Measurement, Variable, VariableType

WHOLE = re.compile(r"[+-]?\d+")
NATURE = {Measurement.NOMINAL: "nominal", Measurement.ORDINAL: "ordinal", Measurement.SCALE: "interval"}
SCALES = frozenset({"interval", "ratio", "percent"})
BOOLEAN = "boolean"
REPRESENTATION: Mapping[VariableType, Mapping[str, str]] = {
    VariableType.INTEGER: {"representationType": "numeric", "dcml": "0"},
    VariableType.NUMBER: {"representationType": "numeric"},
    VariableType.TEXT: {"representationType": "text"},
    VariableType.BOOLEAN: {"representationType": "other", "otherRepresentationType": BOOLEAN},
    VariableType.DATE: {"representationType": "datetime"},
    VariableType.MOMENT: {"representationType": "datetime"},
}
FORMAT: Mapping[VariableType, Mapping[str, str]] = {
    VariableType.TEXT: {"type": "character"},
    VariableType.DATE: {"type": "character", "category": "date"},
    VariableType.MOMENT: {"type": "character", "category": "time"},
}


def variable_element(
    variable: Variable, figures: VariableFigures | None, *, ids: Mapping[str, str], file: str
) -> Element:
    """A variable as a `var` element.

    What a form's author wished done to it is left out: it tells what there was to hide.

    Args:
        variable: The variable.
        figures: What may be said of its values, `None` for nothing.
        ids: Ids of the variables of its file, by name.
        file: Id of its file.
    """
    attributes = {"nature": NATURE.get(variable.measurement, ""), "measUnit": variable.unit}
    if variable.measurement is not Measurement.UNKNOWN:
        attributes["intrvl"] = "contin" if variable.measurement is Measurement.SCALE else "discrete"
    made = element(
        "var", ID=ids[variable.name], name=variable.name, files=file, **REPRESENTATION[variable.type], **attributes
    )
    made.set("name", made.get("name", ""))
    if variable.width:
        made.append(element("location", fileid=file, width=str(variable.width)))
    made.extend(list(_described(variable)))
    made.extend(list(_counted(variable, figures)))
    return made


def _described(variable: Variable) -> Iterator[Element]:
    yield from in_languages("labl", variable.labels)
    if variable.security:
        yield element("security", variable.security)
    yield from _question(variable)
    yield from _missing(variable)
    if variable.universe:
        yield element("universe", variable.universe)
    if variable.derivation:
        derivation = element("derivation")
        derivation.append(element("drvdesc", variable.derivation))
        yield derivation
    yield element("varFormat", variable.storage, formatname=variable.format, **FORMAT.get(variable.type, {}))
    if variable.constraint:
        yield element("notes", variable.constraint, type="constraint")


def _question(variable: Variable) -> Iterator[Element]:
    asked = [
        *([element("preQTxt", variable.relevant)] if variable.relevant else []),
        *in_languages("qstnLit", variable.questions),
        *in_languages("ivuInstr", variable.hints),
    ]
    if asked:
        question = element("qstn")
        question.extend(asked)
        yield question


def _missing(variable: Variable) -> Iterator[Element]:
    if not variable.missing_codes and not variable.missing_ranges:
        return
    invalid = element("invalrng")
    for code in variable.missing_codes:
        invalid.append(element("item", VALUE=code))
        invalid[-1].set("VALUE", code)
    for low, high in variable.missing_ranges:
        ends = {"min": low.removeprefix("-inf"), "max": high if high != "inf" else ""}
        invalid.append(element("range", **ends))
    yield invalid


def _counted(variable: Variable, figures: VariableFigures | None) -> Iterator[Element]:
    """Categories with their released counts, bands, and summary statistics."""
    counts = {one.code: one.count for one in figures.categories} if figures else {}
    for one in variable.categories:
        category = element("catgry", missing="Y" if one.missing else "")
        category.append(element("catValu", one.code))
        category.extend(list(in_languages("labl", one.labels)))
        category.extend(list(_frequency(counts.pop(one.code, None))))
        yield category
    for code, count in counts.items():
        band = element("catgryGrp")
        band.append(element("labl", code))
        band.extend(list(_frequency(count)))
        yield band
    if figures:
        yield from _summary(figures)


def _frequency(count: int | None) -> Iterator[Element]:
    if count is not None:
        yield element("catStat", str(count), type="freq")


def _summary(figures: VariableFigures) -> Iterator[Element]:
    told = {
        "vald": "" if figures.valid is None else str(figures.valid),
        "invd": "" if figures.missing is None else str(figures.missing),
        "min": figures.low,
        "max": figures.high,
        "mean": figures.mean,
        "stdev": figures.sd,
    }
    return (element("sumStat", text, type=name) for name, text in told.items() if text)


def groups(file: DataFile, ids: Mapping[str, str]) -> Iterator[Element]:
    """Questions with several columns, and sections, as variable groups."""
    members: dict[str, list[str]] = {}
    for one in file.variables:
        if one.group:
            members.setdefault(one.group, []).append(ids[one.name])
    for name, inside in members.items():
        group = element("varGrp", type="other", otherType="group", var=" ".join(inside))
        group.append(element("labl", name))
        yield group


def variable_of(one: Element, group: str) -> Variable:
    """A variable from its element; its statistics are not read."""
    question = one.find("qstn")
    derivation, form = one.find("derivation"), one.find("varFormat")
    categories = _categories(one.findall("catgry"))
    return Variable(
        name=one.get("name", ""),
        type=_type(one, form, categories),
        labels=words_of(one.findall("labl")),
        categories=categories,
        missing_codes=_missing_codes(one, categories),
        missing_ranges=tuple(_ends(end) for end in one.iterfind("invalrng/range")),
        measurement=_measurement(one),
        questions=_asked(question),
        hints=words_of(one.findall("qstn/ivuInstr")),
        universe=_joined(one.findall("universe")),
        relevant=_joined(one.findall("qstn/preQTxt")),
        constraint=_joined([note for note in one.findall("notes") if note.get("type") == "constraint"]),
        group=group,
        format="" if form is None else form.get("formatname", ""),
        storage="" if form is None else text_of(form),
        width=_width(one),
        unit=one.get("measUnit", ""),
        derivation="" if derivation is None else text_of(derivation),
        security=_joined(one.findall("security")),
    )


def _joined(found: Sequence[Element]) -> str:
    return "\n\n".join(text for one in found if (text := text_of(one)))


def _asked(question: Element | None) -> dict[str, str]:
    """The question as it was asked: in an element of its own, or right inside `qstn`."""
    if question is None:
        return {}
    if (asked := question.findall("qstnLit")) or len(question):
        return words_of(asked)
    return words_of([question])


def _categories(found: Sequence[Element]) -> tuple[Category, ...]:
    return tuple(
        Category(
            code=text_of(value) if (value := one.find("catValu")) is not None else "",
            labels=words_of(one.findall("labl")),
            missing=one.get("missing") == "Y",
        )
        for one in found
    )


def _missing_codes(one: Element, categories: Sequence[Category]) -> tuple[str, ...]:
    listed = [item.get("VALUE", "") for item in one.iterfind("invalrng/item")]
    return tuple(dict.fromkeys([*listed, *(category.code for category in categories if category.missing)]))


def _ends(one: Element) -> tuple[str, str]:
    return one.get("min") or one.get("minExclusive") or "-inf", one.get("max") or one.get("maxExclusive") or "inf"


def _measurement(one: Element) -> Measurement:
    nature = one.get("nature", "")
    if nature in SCALES or (not nature and one.get("intrvl") == "contin"):
        return Measurement.SCALE
    return next((sort for sort, name in NATURE.items() if name == nature), Measurement.UNKNOWN)


def _width(one: Element) -> int:
    width = next((place.get("width", "") for place in one.findall("location")), "")
    return int(width) if width.isascii() and width.isdigit() else 0


def _type(one: Element, form: Element | None, categories: Sequence[Category]) -> VariableType:
    """How values are kept; where the file does not say, numbers whose codes are all whole are whole."""
    if one.get("otherRepresentationType") == BOOLEAN:
        return VariableType.BOOLEAN
    category, sort = ("", "numeric") if form is None else (form.get("category", ""), form.get("type", "numeric"))
    if category in {"date", "time"}:
        return VariableType.DATE if category == "date" else VariableType.MOMENT
    if sort == "character" or one.get("representationType") == "text":
        return VariableType.TEXT
    decimals = one.get("dcml", "")
    if decimals or one.get("representationType") == "numeric":
        return VariableType.INTEGER if decimals == "0" else VariableType.NUMBER
    codes = [item.code for item in categories]
    whole = bool(codes) and all(WHOLE.fullmatch(code) for code in codes)
    return VariableType.INTEGER if whole else VariableType.NUMBER
