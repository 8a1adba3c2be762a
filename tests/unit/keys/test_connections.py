"""What opens a database is where the settings say, is taken from there, and shows nowhere."""

import pytest

from safeconduct.keys.credentials import connection_secret, credential
from safeconduct.model.errors import BadSettings, Unsafe
from safeconduct.model.settings import ConnectionSettings, Settings

SECRET = "postgresql://reader:five-blue-horses@host/base"


def test_a_file_that_only_its_owner_may_read(tmp_path):
    """Its text without the end of the line; where others may read it, it is refused."""
    path = tmp_path / "operator.dsn"
    path.write_text(SECRET + "\n")
    path.chmod(0o400)
    assert connection_secret("operator", ConnectionSettings(file=str(path))) == SECRET

    path.chmod(0o440)
    with pytest.raises(Unsafe) as error:
        connection_secret("operator", ConnectionSettings(file=str(path)))
    assert SECRET not in str(error.value)


def test_a_variable_is_taken_out_of_the_environment_and_remembered():
    """So that programs started later do not inherit it."""
    environment = {"OPERATOR_OF_TEST": SECRET}
    settings = ConnectionSettings(variable="OPERATOR_OF_TEST")

    assert connection_secret("operator", settings, environment) == SECRET
    assert environment == {}
    assert connection_secret("operator", settings, environment) == SECRET


def test_a_credential_of_systemd(tmp_path):
    """From the folder systemd names, and from nowhere else."""
    path, here = tmp_path / "operator", {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    path.write_text(SECRET)
    path.chmod(0o440)  # as a list of access for the service's user shows
    settings = ConnectionSettings(credential="operator")

    assert connection_secret("operator", settings, here) == SECRET
    assert credential("systemd:operator", environment=here).text == SECRET
    with pytest.raises(BadSettings):
        connection_secret("operator", settings, {})
    path.chmod(0o444)
    for read in (lambda: connection_secret("operator", settings, here),
                 lambda: credential("systemd:operator", environment=here)):  # fmt: skip
        with pytest.raises(Unsafe):
            read()


@pytest.mark.parametrize("tree", [{"operator": {}}, {"operator": {"url": "x"}}, {"operator": "x"},
                                  {"operator": {"file": "a", "variable": "b"}}])  # fmt: skip
def test_settings_name_one_place_and_never_the_text_itself(tree):
    """A password does not belong into safeconduct.toml."""
    with pytest.raises(BadSettings):
        Settings.from_tree({"sources": tree})


def test_settings_with_a_connection_are_read():
    """By name."""
    settings = Settings.from_tree({"sources": {"operator": {"variable": "DSN"}}, "drivers": ["sqlite3"]})

    assert settings.sources.named["operator"] == ConnectionSettings(variable="DSN")
    assert settings.drivers == ("sqlite3",)
