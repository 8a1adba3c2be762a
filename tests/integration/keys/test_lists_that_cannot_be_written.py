"""A list of erasures is written whole or not at all: half of one would bring people back."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from safeconduct.actions.site import Site
from safeconduct.cli.keeping import export_erasures
from safeconduct.cli.outcome import Exit

LIMITED = (
    "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    "from safeconduct.cli import keeping\n"
    "keeping.listed = lambda site: ['x' * 90] * 900\n"
    "keeping.Site = type('There', (), {'open': staticmethod(lambda root: root)})\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
    "keeping.export_erasures([sys.argv[1]])\n"
)


def test_a_place_that_is_none_is_told_in_plain_words(tmp_path):
    Site.create(tmp_path / "site", name="practice", training=True).ledger.close()
    ran = CliRunner().invoke(export_erasures, ["--site", str(tmp_path / "site"), str(tmp_path / "nowhere" / "list")])

    assert Exit(ran.exit_code) is Exit.FAILED
    assert "the file cannot be written there" in ran.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="limits of files are set as Linux does")
def test_half_a_list_is_not_left_where_the_disk_is_full(tmp_path):
    """A file may grow to 4 KiB; the list is longer."""
    ran = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path / "list")], capture_output=True, text=True,
                         check=False)  # fmt: skip

    assert Exit(ran.returncode) is Exit.FAILED
    assert "free some space" in ran.stderr
    assert not (tmp_path / "list").exists()
