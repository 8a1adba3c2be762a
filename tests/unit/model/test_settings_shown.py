"""Settings as a trace or a log would show them."""

from safeconduct.model.settings import Settings


def test_the_address_of_a_database_is_not_shown() -> None:
    """It may hold a password, and whatever shows a room shows its site's settings."""
    settings = Settings.from_tree(
        {"format": 1, "name": "s", "training": True, "database": "postgresql://site:hunter2@host/meta"}
    )

    assert settings.database.endswith("@host/meta")
    assert "hunter2" not in repr(settings)
