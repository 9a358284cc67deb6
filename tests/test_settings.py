"""Settings: from a file and the environment, refused as a whole, and never told when they are wrong."""

from pathlib import Path

import pytest

from gateway.errors import SettingWrong
from gateway.settings import read_settings
from gateway.surroundings import SETTINGS_FILE


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", SETTINGS_FILE):
        monkeypatch.delenv(name, raising=False)


def test_without_anything_the_defaults_hold() -> None:
    settings = read_settings()
    assert (settings.api.host, settings.api.port, settings.database_url) == ("127.0.0.1", 8080, None)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("gateway.toml").write_text("[api]\nport = 1\n[work]\nbatch = 7\n", encoding="utf-8")
    monkeypatch.setenv("GATEWAY_API__PORT", "2")
    settings = read_settings()
    assert (settings.api.port, settings.work.batch) == (2, 7)


def test_a_file_that_is_named_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("[api]\nport = 3\n", encoding="utf-8")
    monkeypatch.setenv(SETTINGS_FILE, str(file))
    assert read_settings().api.port == 3


def test_a_file_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the gateway would start with defaults where somebody had misspelt a path."""
    monkeypatch.setenv(SETTINGS_FILE, "misspelt.toml")
    with pytest.raises(SettingWrong, match=r"misspelt\.toml"):
        read_settings()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[api]\nprot = 1\n", r"api\.prot"),  # a name that nobody knows
        ("[api]\nport = 'many'\n", r"api\.port"),
        ("[api]\nport = 70000\n", r"api\.port"),
        ("[work]\nlease = 0\n", r"work\.lease"),
        ("[work]\nlease = inf\n", r"work\.lease"),
        ("log_level = 'loud'\n", "log_level"),
        ("[notices]\nport = 1\n", "client_ca_file"),  # a door that would be open to everybody
        ("[api\n", r"gateway\.toml"),  # no TOML
        ("channels = 7\n", "channels"),
    ],
)
def test_what_is_wrong_is_named(text: str, told: str) -> None:
    Path("gateway.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingWrong, match=told):
        read_settings()


def test_all_that_is_wrong_is_named_at_once() -> None:
    Path("gateway.toml").write_text("[api]\nprot = 1\nport = -1\n[limits]\nfile = 0\n", encoding="utf-8")
    with pytest.raises(SettingWrong) as refused:
        read_settings()
    for name in ("api.prot", "api.port", "limits.file"):
        assert name in str(refused.value)


def test_nothing_that_was_given_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be a secret in the wrong place."""
    Path("gateway.toml").write_text("[api]\nport = 'hunter2'\ntoken = 'hunter2'\n", encoding="utf-8")
    with pytest.raises(SettingWrong) as refused:
        read_settings()
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(refused.value.__context__)


def test_secrets_of_channels_and_the_database_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("gateway.toml").write_text("[channels.mail]\nhost = 'x'\npassword = 'hunter2'\n", encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", "postgresql://gateway:hunter2@db/gateway")
    settings = read_settings()
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.model_dump_json()
    assert settings.channels["mail"]["password"] == "hunter2"
