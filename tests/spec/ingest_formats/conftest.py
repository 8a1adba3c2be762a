"""Files sent to the readers, and what they are read as."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pyreadstat
import pytest

from safeconduct.ingest.survey import Arrived, Contents, read

SHARED = Path(__file__).parents[3].parent / "shared"


def sent(name, content):
    """A file as it arrives: bytes, or text to be sent as UTF-8."""
    plain = content if isinstance(content, bytes) else content.encode()
    return Arrived(name=name, size=len(plain), open=lambda: io.BytesIO(plain))


@dataclass
class Desk:
    """Sends files and looks at what they are read as."""

    folder: Path

    def read(self, files, **hints) -> Contents:
        """Files by name, with their contents."""
        return read([sent(name, content) for name, content in files.items()], hints=hints)

    def read_to_the_end(self, files):
        """Every batch of every table."""
        return [list(one.batches()) for one in self.read(files).tables]

    def rows(self, contents, name=None):
        """The rows of a table, the only one where none is named."""
        table = next(one for one in contents.tables if name in {None, one.file.name})
        return [row for batch in table.batches() for row in batch.to_pylist()]

    def columns(self, contents, name=None):
        """The columns of a table."""
        rows = self.rows(contents, name)
        return {key: [row[key] for row in rows] for key in (rows[0] if rows else ())}

    def types(self, contents, name=None):
        """The types of a table's variables."""
        table = next(one for one in contents.tables if name in {None, one.file.name})
        return {one.name: one.type.value for one in table.file.variables}

    def file(self, contents, name=None):
        """The description of a table."""
        return next(one.file for one in contents.tables if name in {None, one.file.name})

    def statistics(self, name, columns, **options):
        """A file of a statistical package, as pyreadstat writes it."""
        path = self.folder / name
        writer = {".dta": pyreadstat.write_dta, ".por": pyreadstat.write_por, ".xpt": pyreadstat.write_xport}.get(
            path.suffix, pyreadstat.write_sav
        )
        writer(pd.DataFrame(columns), path, **options)
        return path.read_bytes()

    def workbook(self, **sheets):
        """An Excel workbook of rows by sheet."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            page = book.create_sheet(title)
            for row in rows:
                page.append(row)
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()

    def archive(self, files, compress=zipfile.ZIP_DEFLATED):
        """A zip archive of contents by name."""
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", compress) as archive:
            for name, content in files.items():
                archive.writestr(name, json.dumps(content) if isinstance(content, dict) else content)
        return written.getvalue()

    def parquet(self, table):
        """A Parquet file of an Arrow table."""
        sink = pa.BufferOutputStream()
        pa.parquet.write_table(table, sink)
        return sink.getvalue().to_pybytes()


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Read-only material beside the checkout."""
    if not SHARED.exists():
        pytest.skip("the shared material is not beside this checkout")
    return SHARED
