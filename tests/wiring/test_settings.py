"""The tables of channels, which may hold secrets, and the door for notices, which must not be open to everybody."""

from pathlib import Path

import pytest

from gateway.errors import SettingWrong
from gateway.settings import ChannelTable, Settings, read_settings

TOKEN = "tok-4f1c9e-secret"
SECRETS = {
    "peppol": {"kind": "phoss-ap", "url": "https://ap.example", "token": TOKEN},
    "mail": {"host": "relay.example", "password": TOKEN, "packing": {"from": TOKEN}},
}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of this machine: an empty folder, and none of our variables."""
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "GATEWAY_SETTINGS"):
        monkeypatch.delenv(name, raising=False)


def read(text: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a file."""
    Path("own.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("GATEWAY_SETTINGS", "own.toml")
    return read_settings()


# --- secrets


def test_no_way_of_showing_settings_shows_a_channels_secrets() -> None:
    settings = Settings.model_validate({"channels": SECRETS, "DATABASE_URL": f"postgresql://gateway:{TOKEN}@db/gw"})
    table = settings.channels["mail"]
    shown = [repr(settings), str(settings), repr(settings.channels), f"{table}", f"{table['packing']}"]
    shown += [settings.model_dump_json(), str(settings.model_dump())]
    assert not [one for one in shown if TOKEN in one]
    assert "ChannelTable(kind=..., url=..., token=...)" in repr(settings)


def test_a_channel_reads_what_was_given() -> None:
    table = Settings.model_validate({"channels": SECRETS}).channels["mail"]
    assert dict(table) == {"host": "relay.example", "password": TOKEN, "packing": {"from": TOKEN}}
    assert table["password"] == TOKEN
    assert isinstance(table["packing"], ChannelTable)


def test_the_environment_wins_over_the_file_also_inside_a_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_CHANNELS__MAIL__PASSWORD", "from the environment")
    monkeypatch.setenv("GATEWAY_CHANNELS__MAIL__PACKING__FROM", "a@b.example")
    monkeypatch.setenv("GATEWAY_API__PORT", "9000")
    settings = read(
        '[api]\nport = 8000\n[channels.mail]\nhost = "relay.example"\npassword = "from the file"\n', monkeypatch
    )
    assert settings.api.port == 9000
    assert dict(settings.channels["mail"]) == {
        "host": "relay.example",
        "password": "from the environment",
        "packing": {"from": "a@b.example"},
    }


# --- the door for notices


@pytest.mark.parametrize("missing", ["certificate_file", "key_file", "client_ca_file", "client_name"])
def test_the_door_for_notices_opens_to_nobody_whose_certificate_is_not_asked_for(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reaches it could say that any invoice was delivered."""
    whole = {
        "certificate_file": '"a.pem"',
        "key_file": '"a.key"',
        "client_ca_file": '"ca.pem"',
        "client_name": '"sdi.example"',
    }
    lines = [f"{name} = {value}" for name, value in whole.items() if name != missing]
    with pytest.raises(SettingWrong, match=f"notices.*{missing} must be set"):
        read("\n".join(["[notices]", "port = 0", *lines]), monkeypatch)
    assert read("[notices]\n", monkeypatch).notices.port is None
