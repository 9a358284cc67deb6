"""Formats and channels by entry points: strict at the start of a gateway, unhurried on the command line."""

from importlib.metadata import EntryPoint, entry_points

import pytest

from formats.ubl import FORMAT as UBL
from gateway import registry
from gateway.errors import SettingWrong
from gateway.registry import OWN_CHANNELS, OWN_FORMATS, WITHOUT_PROFILES, formats_at_hand, load, profiles_of, recognise

POINTS = [
    *(EntryPoint(one.name, one.value, one.group) for one in entry_points(group="gateway.formats")),
    *(EntryPoint(one.name, one.value, one.group) for one in entry_points(group="gateway.channels")),
]
BROKEN: list[tuple[str, EntryPoint, str]] = [
    # what, an entry point beside ours, what the refusal says
    ("a double", EntryPoint("ubl", "formats.ubl:FORMAT", "gateway.formats"), "two packages claim this name"),
    ("one that is not there", EntryPoint("edi", "no.such.module:FORMAT", "gateway.formats"), "cannot be loaded"),
    ("one that is no format", EntryPoint("edi", "formats.ubl:PROFILES", "gateway.formats"), "not a Format"),
    ("one under a wrong name", EntryPoint("edi", "formats.ubl:FORMAT", "gateway.formats"), "it calls itself ubl"),
    ("a channel that is none", EntryPoint("fax", "formats.ubl:FORMAT", "gateway.channels"), "not a ChannelType"),
]


def installed(monkeypatch: pytest.MonkeyPatch, points: list[EntryPoint]) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda *, group: [one for one in points if one.group == group])


def test_everything_of_ours_is_installed() -> None:
    known = load()
    assert set(known.formats) >= OWN_FORMATS
    assert set(known.channel_types) >= OWN_CHANNELS


@pytest.mark.parametrize(("what", "point", "told"), BROKEN, ids=[one[0] for one in BROKEN])
def test_a_gateway_does_not_start_with_a_broken_plugin(
    monkeypatch: pytest.MonkeyPatch, what: str, point: EntryPoint, told: str
) -> None:
    installed(monkeypatch, [*POINTS, point])
    with pytest.raises(SettingWrong, match=told) as refused:
        load()
    assert point.name in str(refused.value)


@pytest.mark.parametrize("lost", [one.name for one in POINTS])
def test_a_gateway_does_not_start_half_equipped(monkeypatch: pytest.MonkeyPatch, lost: str) -> None:
    """A name may be that of a format and of a channel: both are lost here."""
    installed(monkeypatch, [one for one in POINTS if one.name != lost])
    with pytest.raises(SettingWrong, match=f"{lost} is not installed"):
        load()


def test_a_profile_belongs_to_one_format(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, POINTS)
    monkeypatch.setattr(
        registry, "_plugin", lambda point, kind: UBL if point.group == "gateway.formats" else pytest.fail("too late")
    )
    with pytest.raises(SettingWrong, match="the profile en16931 belongs to"):
        load()


def test_at_hand_a_format_is_loaded_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(point: EntryPoint, kind: type) -> object:
        asked.append(point.name)
        return point.load()

    monkeypatch.setattr(registry, "_plugin", noted)
    formats = formats_at_hand()
    assert "pdf" in formats
    assert set(formats) >= OWN_FORMATS
    assert len(formats) >= len(OWN_FORMATS)
    assert asked == []
    assert formats["ubl"] is formats["ubl"] is UBL
    assert asked == ["ubl"]


def test_at_hand_a_broken_plugin_is_met_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, [*POINTS, EntryPoint("edi", "no.such.module:FORMAT", "gateway.formats")])
    formats = formats_at_hand()
    assert formats["ubl"] is UBL
    with pytest.raises(SettingWrong, match="edi"):
        formats["edi"]
    with pytest.raises(KeyError):
        formats["nothing"]


def test_formats_that_are_not_asked_for_profiles_have_none() -> None:
    formats = load().formats
    assert all(formats[name].profiles == () for name in WITHOUT_PROFILES)
    assert set(profiles_of(formats)) == {one.name for form in formats.values() for one in form.profiles}
    assert profiles_of(formats) == load().profiles


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'/>", "ubl"),
        (b"<CreditNote xmlns='urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2'/>", "ubl"),
        (b"{}", "json"),
        (b"[", "json"),
        (b"a;b;c\n1;2;3\n", "csv"),
        (b"%PDF-1.7", None),  # written, never read
        (b"<Invoice/>", None),
        (b"", None),
    ],
)
def test_a_file_is_known_by_its_content(content: bytes, name: str | None) -> None:
    known = load()
    found = known.recognise(content, "invoice.pdf")
    assert (found.name if found else None) == name
    assert recognise(formats_at_hand(), content) is found


def test_a_plugin_is_asked_before_the_formats_that_take_nearly_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    class Asked(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            order.append(name)
            return load().formats.get(name, load().formats["pdf"])

    recognise(Asked.fromkeys([*sorted(OWN_FORMATS), "edifact"]), b"\x00")  # type: ignore[arg-type]  # as good as formats
    assert order.index("edifact") < order.index("json") < order.index("csv")
