"""A small registration of families, treated and ready for the release check; everybody is made up."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.signing import Signer
from safeconduct.model.editions import FileAdmission, FileDraft, FileRelease
from safeconduct.model.microdata import RECORD, Category, DataFile, Measurement, Variable, VariableRole, VariableType
from safeconduct.model.policy import Policy
from safeconduct.model.recipe import Recipe
from safeconduct.model.study import Access, Country, Party, Period, Study
from safeconduct.model.table import Table
from safeconduct.release.drafting import Origin, TreatedFile, draft
from safeconduct.release.file_base import Earlier, Subject
from safeconduct.release.file_policies import shipped_for_files
from safeconduct.release.gate import admit_file, decide_file
from safeconduct.store.chests import Chests
from safeconduct.store.drafts import Drafts

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
EN = "en"
STUDY = Study(
    id="XXX_2026_REG",
    title={EN: "Registration of families"},
    abstract={EN: "Who arrived."},
    producers=(Party(name="Office"),),
    contacts=(Party(name="Desk"),),
    countries=(Country(name="Nowhere"),),
    collected=(Period(first="2026"),),
    unit={EN: "Persons"},
    universe={EN: "Everybody registered"},
    sampling={EN: "None"},
    mode={EN: "Interview"},
    limits={EN: "Who was not registered is missing."},
    confidentiality={EN: "Promised"},
    citation={EN: "Office (2026)"},
)
ROLES = {
    "hhid": VariableRole.HOUSEHOLD,
    "region": VariableRole.GEOGRAPHY,
    "sex": VariableRole.QUASI,
    "age": VariableRole.QUASI,
    "illness": VariableRole.SENSITIVE,
    "weight": VariableRole.WEIGHT,
    "meals": VariableRole.OTHER,
}


def words(text):
    return {EN: text}


MEMBERS = DataFile(
    name="members",
    variables=(
        Variable(name="hhid", type=VariableType.INTEGER, labels=words("Household")),
        Variable(name="region", type=VariableType.TEXT, labels=words("Region")),
        Variable(
            name="sex", type=VariableType.INTEGER, labels=words("Sex"), measurement=Measurement.NOMINAL,
            categories=(Category(code="1", labels=words("Man")), Category(code="2", labels=words("Woman")),
                        Category(code="9", labels=words("Other"))),
        ),
        Variable(name="age", type=VariableType.TEXT, labels=words("Age, in bands")),
        Variable(
            name="illness", type=VariableType.INTEGER, labels=words("Illness"),
            categories=(Category(code="0", labels=words("None")), Category(code="1", labels=words("Fever")),
                        Category(code="98", labels=words("Refused"), missing=True)),
            missing_codes=("98",),
        ),
        Variable(name="weight", type=VariableType.NUMBER, labels=words("Weight")),
        Variable(name="meals", type=VariableType.INTEGER, labels=words("Meals a day"), measurement=Measurement.SCALE),
    ),
)  # fmt: skip


def members(households: int = 60) -> Table:
    """Families of three in two regions; every combination of keys is shared by 15 people, both illnesses in each."""
    rows = range(3 * households)
    home = [row // 3 + 1 for row in rows]
    return Table(
        pa.table({
            RECORD: pa.array(rows, pa.int64()),
            "hhid": pa.array(home, pa.int64()),
            "region": pa.array(["North" if (one // 2) % 2 else "South" for one in home]),
            "sex": pa.array([1 + row % 2 for row in rows], pa.int64()),
            "age": pa.array([("0-17", "18-59", "60+")[row % 3] for row in rows]),
            "illness": pa.array([None if row % 11 == 0 else (row // 4) % 2 for row in rows], pa.int64()),
            "illness·missing": pa.array(["98" if row % 11 == 0 else None for row in rows]),
            "weight": pa.array([40.0 + row % 7 for row in rows]),
            "meals": pa.array([1 + row % 4 for row in rows], pa.int64()),
        })
    )  # fmt: skip


@dataclass(frozen=True)
class Room:
    """A site's keys and stores, and everything a release check needs, each part replaceable."""

    keys: FileKeys
    drafts: Drafts
    chests: Chests
    signer: Signer
    study: Study = STUDY
    policy: Policy = field(default_factory=lambda: shipped_for_files()["licensed"])
    roles: dict = field(default_factory=lambda: {"members": ROLES})
    files: tuple[DataFile, ...] = (MEMBERS,)

    def recipe(self) -> Recipe:
        return Recipe(dataset="v1", roles=self.roles)

    def draft(
        self, *, tables=None, originals=None, edition: int = 1, access: Access = Access.LICENSED, **how
    ) -> FileDraft:
        tables = tables or {"members": members()}
        originals = originals or tables
        origin = Origin(
            study=self.study.id, edition=edition, access=access, recipe=self.recipe(), data_version="d" * 64,
            code="0.1.0", **how,
        )  # fmt: skip
        files = [
            TreatedFile(
                file=file,
                table=tables[file.name].without(
                    *(one for one in tables[file.name].columns if one.endswith("·missing"))
                ),
                original=originals[file.name],
            )
            for file in self.files
        ]
        return draft(origin, files, drafts=self.drafts, keys=self.keys)

    def admission(self, *, edition: int = 1, access: Access = Access.LICENSED, previous=()) -> FileAdmission:
        found = admit_file(self.study, edition=edition, access=access, policy=self.policy, previous=previous)
        assert isinstance(found, FileAdmission)
        return found

    def decide(self, made: FileDraft, *, previous=(), approvals: int = 2, training: bool = False):
        admission = self.admission(edition=made.edition, access=made.access, previous=previous)
        return decide_file(made, admission, drafts=self.drafts, approvals=approvals, training=training, now=NOW)

    def release(self, *, previous=(), training: bool = False, **how) -> FileRelease:
        found = self.decide(self.draft(**how), previous=previous, training=training)
        assert isinstance(found, FileRelease), found
        return found

    def under(self, **changes) -> "Room":
        return replace(self, **changes)


@pytest.fixture(scope="session")
def practice_signer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("practice")
    return Signer.create(FileKeys.create(folder, training=True), folder)


@pytest.fixture
def room(tmp_path):
    keys = FileKeys.create(tmp_path / "keys", training=False)
    return Room(
        keys=keys,
        drafts=Drafts(folder=tmp_path / "drafts", keys=keys),
        chests=Chests(folder=tmp_path / "releases", keys=keys, purpose="releases"),
        signer=Signer.create(keys, tmp_path / "keys"),
    )


def columns(names, rows):
    """A table from lines of values, with record codes from 0."""
    lists = list(zip(*rows, strict=True)) if rows else [[] for _ in names]
    made = {name: pa.array(values) for name, values in zip(names, lists, strict=True)}
    return Table(pa.table({RECORD: pa.array(range(len(rows)), pa.int64()), **made}))


def described(name, table, **how):
    """A description in which every column is what its values are."""
    kinds = {"int64": VariableType.INTEGER, "double": VariableType.NUMBER, "string": VariableType.TEXT,
             "null": VariableType.TEXT, "date32[day]": VariableType.DATE, "bool": VariableType.BOOLEAN}  # fmt: skip
    return DataFile(
        name=name,
        variables=tuple(
            Variable(name=one, type=kinds[str(table.arrow.schema.field(one).type)])
            for one in table.columns
            if one != RECORD
        ),
        **how,
    )


def subject_of_tables(tables, roles, *, files=None, previous=(), access=Access.LICENSED, limits=None):
    """What a rule sees, without a store: tables by name, roles by table and name, earlier tables in order."""
    files = files or tuple(described(name, table) for name, table in tables.items())
    recipe = Recipe(dataset="v1", roles=roles)
    made = FileDraft(
        study="s", edition=len(previous) + 1, access=access, files=files, content={}, recipe=recipe, data_version="d",
        code="c",
    )  # fmt: skip
    admission = FileAdmission(
        study="s", edition=made.edition, access=access, policy=shipped_for_files()["licensed"], limits=limits or {}
    )
    earlier = tuple(
        Earlier(release=_before(number, one, how), tables=one)
        for number, (one, how) in enumerate(((one, files) for one in previous), start=1)
    )
    return Subject(draft=made, admission=admission, tables=tables, previous=earlier)


def _before(number, tables, files):
    known = {file.name: file for file in files}
    now = tuple(
        described(name, table, key=known[name].key, parent=known[name].parent, link=known[name].link)
        if name in known
        else described(name, table)
        for name, table in tables.items()
    )
    # a stand-in for what the gate made before: rules look at its tables and their descriptions only
    return _Edition(files=now, edition=number)


@dataclass(frozen=True)
class _Edition:
    files: tuple[DataFile, ...]
    edition: int
    data_version: str = "d"


@pytest.fixture
def subject():
    return subject_of_tables


@pytest.fixture(scope="session", name="make_subject")
def make_subject_fixture():
    return subject_of_tables


@pytest.fixture(name="columns")
def columns_fixture():
    return columns


@pytest.fixture(name="described")
def described_fixture():
    return described


@pytest.fixture(name="members")
def members_fixture():
    return members
