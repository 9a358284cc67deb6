"""Settings become a house, or somebody is told which of them is wrong before anything is started."""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from channels.contract import Channel, ChannelType, Parcel
from gateway.errors import SettingWrong
from gateway.settings import Settings
from gateway.wiring.building import build_channels, open_installation
from gateway.wiring.doctor import examine
from gateway.wiring.packing import packers
from gateway.wiring.packing.plain import PlainPacker
from tests.clocks import FixedClock
from tests.pipeline.house import ObedientChannel
from tests.samples import sample_invoice
from tests.wiring.packets import known, packing

SECRET = "tok-4f1c9e-secret"
PEPPOL = {"kind": "phoss-ap", "url": "https://ap.example", "token": SECRET}
MAIL = {"host": "relay.example"}


def settings(channels: Mapping[str, object], **others: object) -> Settings:
    return Settings.model_validate({"channels": channels, **others})


def built(channels: Mapping[str, object]) -> dict[str, Channel]:
    given = settings(channels)
    made = build_channels(given, known(), FixedClock())
    assert set(packers(given, known())) == set(made)
    return dict(made)


def test_a_channel_with_settings_is_built_and_can_be_packed_for_and_others_are_not_there() -> None:
    assert set(built({"peppol": PEPPOL, "mail": MAIL})) == {"peppol", "mail"}
    assert built({}) == {}


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        # A channel that nobody has.
        ({"fax": {"number": "1"}}, r"channels\.fax.*no channel of this name.*mail, peppol, post, sdi"),
        # A setting of a channel: unknown, missing, of another kind.
        ({"mail": {**MAIL, "prot": 25}}, r"channels\.mail.*prot.*Its settings are: host, port"),
        ({"mail": {}}, r"channels\.mail.*host"),
        ({"mail": {**MAIL, "port": "many"}}, r"channels\.mail.*port"),
        ({"peppol": {**PEPPOL, "url": "http://ap.example"}}, r"channels\.peppol.*http"),
        ({"peppol": {**PEPPOL, "ca_file": "nowhere.pem"}}, r"channels\.peppol.*nowhere\.pem"),
        # What packing reads stands apart, and is held as strictly.
        ({"mail": {**MAIL, "packing": {"form": "a@b.example"}}}, r"channels\.mail\.packing.*form.*may hold from"),
        ({"mail": {**MAIL, "packing": {"from": "nobody"}}}, r"channels\.mail\.packing.*not a mail address"),
        ({"mail": {**MAIL, "packing": "a@b.example"}}, r"channels\.mail\.packing.*no table"),
        ({"peppol": {**PEPPOL, "packing": {"x": 1}}}, r"channels\.peppol\.packing.*has no settings"),
    ],
)
def test_a_wrong_setting_is_named_with_its_channel(channels: dict[str, object], words: str) -> None:
    with pytest.raises(SettingWrong, match=words):
        built(channels)


@pytest.mark.parametrize(
    ("channel", "packing", "words"),
    [
        ("sdi", {"transmitter": "IT4711"}, "`IT4711` is no transmitter"),
        ("post", {"window": "no-such"}, "there is no window `no-such`; there are .*de-din5008-b"),
        ("post", {"paper": 20}, "paper"),
        ("post", {"sides": "both"}, "sides"),
        ("post", {"return_lines": "Nordlicht, 8010 Graz"}, "return_lines"),
    ],
)
def test_wrong_orders_of_the_operator_are_told_at_the_start(
    channel: str, packing: dict[str, object], words: str
) -> None:
    with pytest.raises(SettingWrong, match=rf"channels\.{channel}\.packing.*{words}"):
        packers(settings({channel: {"packing": packing}}), known())


def test_no_message_about_a_setting_shows_a_secret() -> None:
    with pytest.raises(SettingWrong) as caught:
        built({"peppol": {**PEPPOL, "token": f"{SECRET}\n"}})
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None or SECRET not in str(caught.value.__cause__)


def test_a_wrong_setting_is_told_before_a_database_is_started(tmp_path: Path) -> None:
    given = settings({"fax": {}}, data=tmp_path / "data")
    with pytest.raises(SettingWrong, match="fax"), open_installation(given):
        raise AssertionError("it opened")
    assert not (tmp_path / "data").exists()


# --- plug-ins


def test_a_channel_of_a_plug_in_is_built_with_its_settings_and_packed_plainly() -> None:
    given: dict[str, object] = {}

    def build(own: Mapping[str, object], ports: Mapping[str, object]) -> Channel:
        given.update(own)
        assert isinstance(ports["now"](), datetime.datetime)  # type: ignore[operator]  # the clock that we lend
        return ObedientChannel("portal")

    equipped = replace(known(), channel_types={**known().channel_types, "portal": ChannelType("portal", build)})
    chosen = settings({"portal": {"url": "https://portal.example"}})
    channels = build_channels(chosen, equipped, FixedClock())
    assert given == {"url": "https://portal.example"}
    assert channels["portal"].destination(Parcel("k", b"", "", "", {})) == "there"
    assert isinstance(packers(chosen, equipped)["portal"], PlainPacker)


def test_a_format_of_a_plug_in_is_one_that_rules_may_name() -> None:
    made = replace(known().formats["ubl"], name="ubl-nordic", title="UBL as the north has it")
    equipped = replace(known(), formats={**known().formats, "ubl-nordic": made})
    packer = packers(settings({"portal": {}}), equipped)["portal"]
    packed = packer(packing(sample_invoice(), "portal", format_name="ubl-nordic"))
    assert packed.format == "ubl-nordic"
    assert packed.parcel is not None


# --- an installation


def test_the_doctor_finds_what_the_start_would_refuse(gateway_database: str, tmp_path: Path) -> None:
    ill = {"mail": {**MAIL, "packing": {"form": "a@b.example"}}}
    given = settings(ill, DATABASE_URL=gateway_database, data=tmp_path / "data")
    answers = {one.question: one for one in examine(given)}
    assert answers["channels"].is_fit is False
    assert "channels.mail.packing" in answers["channels"].words


def test_an_installation_opens_on_a_database_that_is_set_and_shows_no_password(
    gateway_database: str, tmp_path: Path
) -> None:
    given = settings({"mail": MAIL}, DATABASE_URL=gateway_database, data=tmp_path / "data")
    with open_installation(given, clock=FixedClock()) as installation:
        assert installation.clock.now() == FixedClock().now()
        assert set(installation.house.channels) == set(installation.house.packers) == {"mail"}
        assert gateway_database not in repr(installation)
        with installation.store.across() as transaction:
            assert transaction.tenant is None
