"""An entry as a DDI Codebook 2.5 document."""

from collections.abc import Iterator, Mapping

from lxml import etree

from safeconduct.catalogue.ddi.elements import NAMESPACE, Element, element, in_order, place
from safeconduct.catalogue.ddi.extra import attributes_back, of_variables, put_back, revived
from safeconduct.catalogue.ddi.study import study_elements, with_parents
from safeconduct.catalogue.ddi.variables import groups, variable_element
from safeconduct.catalogue.entry import EditionLine, Entry, in_language
from safeconduct.model.microdata import DataFile
from safeconduct.model.study import Study

SOFTWARE = "safeconduct"
DATA_FILE = "dat/micro"
Ids = Mapping[str, Mapping[str, str]]


def write_ddi(entry: Entry) -> bytes:
    """An entry as a document; without a release, its study alone.

    Returns:
        UTF-8 XML, the same bytes for the same entry.
    """
    root = etree.Element("codeBook")
    root.append(_document(entry))
    root.extend([revived("docDscr", one) for one in entry.study.extra.get("docDscr", ())])
    root.append(_study(entry))
    ids = _ids(entry.tables)
    root.extend([_file(entry, file, ids) for file in entry.tables])
    if entry.tables:
        root.append(_variables(entry, ids))
    root.extend([_other(one.name, one.media, one.sha256) for one in entry.files])
    root.extend([revived("otherMat", one) for one in entry.study.extra.get("otherMat", ())])
    in_order(root)
    return _written(root)


def _written(root: Element) -> bytes:
    named = etree.Element(f"{{{NAMESPACE}}}codeBook", nsmap={None: NAMESPACE}, version="2.5")  # type: ignore[dict-item]  # stubs forget the default namespace
    named.extend(list(root))
    for one in named.iter("*"):
        tag = str(one.tag)
        if not tag.startswith("{"):
            one.tag = f"{{{NAMESPACE}}}{tag}"
    etree.cleanup_namespaces(named)
    return bytes(etree.tostring(named, xml_declaration=True, encoding="UTF-8"))


def _document(entry: Entry) -> Element:
    """Who made the document, of which edition, and what became of the others."""
    made = element("docDscr")
    place(made, "citation/titlStmt", element("titl", in_language(entry.study.title, "en")))
    place(made, "citation/titlStmt", element("IDNo", entry.study.id))
    if entry.publisher:
        place(made, "citation/prodStmt", element("producer", entry.publisher))
    if entry.release:
        day = entry.release.decided_at.date().isoformat()
        place(made, "citation/prodStmt", element("prodDate", day, date=day))
    version = entry.release.code if entry.release else ""
    place(made, "citation/prodStmt", element("software", SOFTWARE, version=version))
    for line in entry.editions:
        place(made, "citation", _edition(line))
    return made


def _edition(line: EditionLine) -> Element:
    made = element("verStmt")
    made.append(element("version", str(line.number), date=line.decided_at.date().isoformat(), type=line.state.value))
    if line.reason:
        made.append(element("notes", line.reason))
    return made


def _study(entry: Entry) -> Element:
    made = study_element(entry.study)
    if entry.page or entry.publisher:
        place(made, "dataAccs/setAvail", element("accsPlac", entry.publisher, URI=entry.page, source="archive"))
    place(made, "dataAccs/setAvail", element("avlStatus", entry.access.value, source="archive"))
    return made


def study_element(study: Study) -> Element:
    """The description of a study, its children not yet in order."""
    made = element("stdyDscr")
    for path, one in study_elements(study):
        place(made, path, one)
    with_parents(made, study)
    put_back(made, "stdyDscr", study.extra)
    attributes_back(made, study.extra)
    return made


def _ids(files: tuple[DataFile, ...]) -> Ids:
    return {
        file.name: {name: f"F{at}V{number}" for number, name in enumerate(file.names, 1)}
        for at, file in enumerate(files, 1)
    }


def _file(entry: Entry, file: DataFile, ids: Ids) -> Element:
    at = [one.name for one in entry.tables].index(file.name) + 1
    first, *others = file.labels.items() or [("", "")]
    made = element("fileDscr", ID=f"F{at}")
    text = element("fileTxt")
    text.append(element("fileName", file.name))
    if first[1]:
        text.append(element("fileCont", first[1], language=first[0]))
    text.append(_structure(entry.tables, file, ids))
    text.append(_size(entry, file))
    made.append(text)
    for language, label in others:
        again = element("fileTxt", language=language)
        again.append(element("fileCont", label, language=language))
        made.append(again)
    made.extend(list(_parent(file)))
    return made


def _structure(files: tuple[DataFile, ...], file: DataFile, ids: Ids) -> Element:
    """Key variables of a file and the files below it; DDI names keys and hierarchy, our notes the link between them."""
    at = {one.name: number for number, one in enumerate(files, 1)}
    below = " ".join(f"R{at[one.name]}" for one in files if one.parent == file.name)
    keys = " ".join(ids[file.name][name] for name in file.key if name in ids[file.name])
    related = below or file.parent
    made = element("fileStrc", type="relational" if related else "rectangular")
    made.append(element("recGrp", ID=f"R{at[file.name]}", keyvar=keys, recGrp=below))
    return made


def _size(entry: Entry, file: DataFile) -> Element:
    made = element("dimensns")
    if (rows := entry.rows(file.name)) is not None:
        made.append(element("caseQnty", str(rows)))
    made.append(element("varQnty", str(len(file.variables))))
    return made


def _parent(file: DataFile) -> Iterator[Element]:
    if file.parent:
        yield element("notes", file.parent, type="parent")
    yield from (element("notes", name, type="link") for name in file.link)


def _variables(entry: Entry, ids: Ids) -> Element:
    made, kept = element("dataDscr"), of_variables(entry.study.extra)
    for file in entry.tables:
        made.extend(list(groups(file, ids[file.name])))
    for at, file in enumerate(entry.tables, 1):
        for variable in file.variables:
            figures = entry.figures(file.name, variable.name)
            one = variable_element(variable, figures, ids=ids[file.name], file=f"F{at}")
            put_back(one, "var", kept.get(f"{file.name}.{variable.name}", {}))
            made.append(one)
    return made


def _other(name: str, media: str, sha256: str) -> Element:
    made = element("otherMat", type=DATA_FILE, level="file")
    made.append(element("labl", name))
    made.append(element("notes", media, type="media type"))
    made.append(element("notes", sha256, type="sha256"))
    return made
