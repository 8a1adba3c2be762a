"""Records open only whole, and say nothing of themselves."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.errors import NotFound, Tampered
from safeconduct.model.geography import Area, Geography
from safeconduct.store.parts import PartWriter
from safeconduct.store.places import (
    CELLS,
    read_boundaries,
    read_cells,
    read_geography,
    write_geography,
)
from safeconduct.store.records import Records, connect
from safeconduct.store.versions import Manifest, Partition, write_manifest

DAY = date(2026, 1, 5)
KEYS = FileKeys(False, bytes(32))
GEOGRAPHY = Geography(
    "",
    {
        AreaLevel.PROVINCE: (Area(code="P", name="P", level=AreaLevel.PROVINCE),),
        AreaLevel.COMMUNE: tuple(Area(code=c, name=c, level=AreaLevel.COMMUNE, parent="P") for c in ("A", "B")),
    },
)


def cells() -> pa.Table:
    columns = {name: [None, None] for name in CELLS.names} | {
        "code": [0, 1], "id": ["SECRETCELL", "b"], "site": ["s", "s"], "lon": [33.123456, 1.0], "lat": [0.5, 0.5],
        "area": [1, None], "area_admin3": [1, None], "area_admin1": [0, None],
    }  # fmt: skip
    return pa.table(columns, schema=CELLS)


def placed(store: Path) -> str:
    return write_geography(
        store, "phone", GEOGRAPHY, boundaries={AreaLevel.COMMUNE: b'{"features": []}'}, cells=cells(), keys=KEYS
    )


@pytest.fixture
def records(tmp_path) -> Records:
    (tmp_path / "phone").mkdir()
    folder = tmp_path / "phone"
    with connect(read=[], write=[folder], spill=tmp_path / "spill", memory_mb=128, threads=1) as connection:
        writer = PartWriter(store=tmp_path, dataset="phone", keys=KEYS, connection=connection)
        part, rollup = (writer.write("SELECT 1 AS person", under=under) for under in ("parts/x", "rollups/x"))
    partition = Partition(type=EventType.CALLS, day=DAY, parts=(part,), rollup=rollup)
    manifest = Manifest(id="", dataset="phone", zone="UTC", geography=placed(tmp_path), partitions=(partition,))
    return Records(store=tmp_path, manifest=write_manifest(tmp_path, manifest), keys=KEYS)


def test_places_come_as_indexes_of_sorted_lists(records) -> None:
    assert records.cell_areas(AreaLevel.COMMUNE).to_pylist() == [{"cell": 0, "area": 1}]
    assert records.cell_areas(AreaLevel.DISTRICT).to_pylist() == []
    assert records.commune_areas(AreaLevel.PROVINCE).to_pylist() == [
        {"commune": 0, "area": 0},
        {"commune": 1, "area": 0},
    ]
    assert records.commune_areas(AreaLevel.COMMUNE).num_rows == 2
    assert records.commune_areas(AreaLevel.SITE).num_rows == 0
    assert records.commune_areas(AreaLevel.DISTRICT).num_rows == 0
    assert records.cell_areas(AreaLevel.COMMUNE).schema == pa.schema([("cell", pa.uint32()), ("area", pa.uint32())])


def test_only_what_is_asked_for_is_opened(records) -> None:
    assert [(part.type, part.day) for part in records.events([DAY], [EventType.CALLS])] == [(EventType.CALLS, DAY)]
    assert records.events([DAY], [EventType.SMS]) == []
    assert records.rollups([date(2026, 1, 6)], EventType) == []
    assert list(records.versions([DAY], EventType)) == ["calls/2026-01-05"]


@pytest.mark.parametrize("what", ["events", "rollups"])
def test_a_file_that_is_gone_is_told(records, what) -> None:
    (part,) = getattr(records, what)([DAY], EventType)
    part.path.unlink()

    with pytest.raises(Tampered, match="gone"):
        getattr(records, what)([DAY], EventType)


def test_records_show_neither_key_nor_count(records) -> None:
    assert repr(records).startswith("Records('phone', '")
    assert "key=" not in repr(records.events([DAY], EventType))


def test_a_geography_reads_as_it_was_written(tmp_path) -> None:
    """Its id comes from its content, so writing it again changes nothing."""
    version = placed(tmp_path)

    assert read_geography(tmp_path, "phone", version).areas == GEOGRAPHY.areas
    assert read_cells(tmp_path, "phone", version, KEYS).equals(cells())
    assert read_boundaries(tmp_path, "phone", version, AreaLevel.COMMUNE) == {"features": []}
    assert placed(tmp_path) == version


def test_positions_of_cells_are_sealed(tmp_path) -> None:
    """Areas are public, masts are not."""
    version = placed(tmp_path)
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert b"SECRETCELL" not in content
    assert b"33.123456" not in content
    with pytest.raises(Tampered):
        read_cells(tmp_path, "phone", version, FileKeys(True, bytes(32)))


@pytest.mark.parametrize("version", ["", "../x", "0" * 64])
def test_an_absent_geography_is_told(tmp_path, version) -> None:
    with pytest.raises(NotFound):
        read_geography(tmp_path, "phone", version)
    with pytest.raises(NotFound):
        read_boundaries(tmp_path, "phone", placed(tmp_path), AreaLevel.PROVINCE)
