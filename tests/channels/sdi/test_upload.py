"""One file to SDI: what leaves, and what each of SDI's answers means."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from channels.contract import ChannelFailure, Misconfigured, OutcomeUnknown, Parcel, Refused, Unavailable
from channels.sdi import CHANNEL
from channels.sdi.channel import ACTION, SdiChannel
from channels.sdi.mime import soap_part
from simulators.listener import Reply
from simulators.pki import Pair, Pki, make_pki, server_context
from simulators.soap import fault
from tests.channels.far_side import FarSide, nobody_there
from tests.channels.sdi.envelopes import XML, Said, read_upload_answer, taken, write_upload

PARCEL = Parcel("IT01234567897_00001.xml", b"<FatturaElettronica/>", "application/xml", "IT01234567897_00001.xml", {})
NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)

Build = Callable[..., SdiChannel]


@pytest.fixture
def build(pki: Pki) -> Iterator[Build]:
    """Makes channels towards a far side, with a clock that stands still, and closes them."""
    made: list[SdiChannel] = []

    def make(url: str, now: datetime.datetime = NOW, **more: object) -> SdiChannel:
        settings = {
            "url": url,
            "certificate_file": str(pki.gateway_client.certificate),
            "key_file": str(pki.gateway_client.key),
            "ca_file": str(pki.tls_ca),
            "answer_seconds": 0.3,
        } | more
        ports = {"write_upload": write_upload, "read_upload_answer": read_upload_answer, "now": lambda: now}
        channel = CHANNEL.build(settings, ports)
        assert isinstance(channel, SdiChannel)
        made.append(channel)
        return channel

    yield make
    for channel in made:
        channel.close()


@pytest.fixture
def sdi(pki: Pki) -> Callable[..., FarSide]:
    """An SDI that lets in whoever has a certificate of its authority, and answers what the test says."""

    def make(*says: Reply | None) -> FarSide:
        return FarSide(*says, tls=server_context(pki.server, pki.tls_ca))

    return make


def test_the_file_goes_out_under_its_name_and_comes_back_with_a_number(
    build: Build, sdi: Callable[..., FarSide]
) -> None:
    with sdi(taken("110000042")) as side:
        receipt = build(f"{side.url}/ricevi_file").send(PARCEL)
        (call,) = side.heard
    assert (receipt.signal, receipt.reference) == ("sdi.accepted", "110000042")
    assert receipt.proof == taken("110000042").body
    assert (call.method, call.path) == ("POST", "/ricevi_file")
    assert call.headers["soapaction"] == f'"{ACTION}"'
    assert call.headers["content-type"] == XML
    assert call.body == write_upload(PARCEL.key, PARCEL.content)
    assert call.peer == "gateway"


@pytest.mark.parametrize(
    ("reply", "family", "code"),
    [
        (taken("0", "EI01"), Refused, "sdi.EI01"),  # file empty
        (taken("0", "EI02"), Unavailable, "sdi.EI02"),  # service not available
        (taken("0", "EI03"), Misconfigured, "sdi.EI03"),  # user not enabled
        (taken("0", "EI99"), Refused, "sdi.EI99"),  # an error that the types do not have yet
        (fault("NomeFile fails its pattern", "Client"), Refused, "sdi.fault"),
        (fault("wrong SOAP", "VersionMismatch"), Refused, "sdi.fault"),
        (fault("broke off", "Server"), OutcomeUnknown, "sdi.fault"),
        # SDI has the name: from an upload of ours whose answer was lost, or from another system
        (fault("00002 Nome file duplicato", "Client"), OutcomeUnknown, "sdi.name_used"),
        (Reply(503, b"manutenzione", headers={"Retry-After": "600"}), Unavailable, "sdi.unavailable"),
        (Reply(500, b"<h1>oops</h1>"), OutcomeUnknown, "sdi.unreadable"),
        (Reply(502), OutcomeUnknown, "sdi.unreadable"),
        (Reply(200, b"<html/>"), OutcomeUnknown, "sdi.unreadable"),
        (Reply(200, b"", "multipart/related; boundary=x"), OutcomeUnknown, "sdi.unreadable"),
        (Reply(400, b"bad request"), Refused, "sdi.refused"),
        (Reply(401), Misconfigured, "sdi.credentials"),
        (Reply(403), Misconfigured, "sdi.credentials"),
        (Reply(404), Misconfigured, "sdi.url"),
        (Reply(302), Misconfigured, "sdi.url"),
        (None, OutcomeUnknown, "sdi.no_answer"),
    ],
)
def test_every_answer_has_its_family(
    build: Build, sdi: Callable[..., FarSide], reply: Reply | None, family: type[ChannelFailure], code: str
) -> None:
    with sdi(reply) as side, pytest.raises(ChannelFailure) as caught:
        build(side.url).send(PARCEL)
    assert (type(caught.value), caught.value.code) == (family, code)
    assert getattr(caught.value, "signal", "sdi.refused") == "sdi.refused"
    assert caught.value.proof == (reply.body if reply else b"")


def test_a_wait_that_sdi_names_is_kept(build: Build, sdi: Callable[..., FarSide]) -> None:
    with sdi(Reply(503, headers={"Retry-After": "600"})) as side, pytest.raises(Unavailable) as caught:
        build(side.url).send(PARCEL)
    assert caught.value.retry_after == datetime.timedelta(minutes=10)


def test_silence_leaves_the_outcome_unknown(build: Build, sdi: Callable[..., FarSide]) -> None:
    with sdi() as side, pytest.raises(OutcomeUnknown):
        build(side.url).send(PARCEL)


def test_without_a_connection_nothing_was_handed_over(build: Build) -> None:
    with pytest.raises(Unavailable, match="Nothing was sent") as caught:
        build(nobody_there().replace("http:", "https:")).send(PARCEL)
    assert not isinstance(caught.value, OutcomeUnknown)


def test_a_reader_that_breaks_on_the_answer_leaves_the_outcome_unknown(
    build: Build, sdi: Callable[..., FarSide], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(envelope: bytes) -> Said:
        raise KeyError(envelope)

    with sdi(taken()) as side:
        channel = build(side.url)
        monkeypatch.setattr(channel, "_ports", replace(channel._ports, read_upload_answer=broken))
        with pytest.raises(OutcomeUnknown, match="may have arrived"):
            channel.send(PARCEL)


def test_an_answer_wrapped_in_mtom_is_read(build: Build, sdi: Callable[..., FarSide]) -> None:
    envelope = taken("110000043").body
    body = b"--b\r\nContent-ID: <x>\r\n\r\nother\r\n--b\r\nContent-ID: <root>\r\n\r\n" + envelope + b"\r\n--b--\r\n"
    kind = 'multipart/related; type="application/xop+xml"; start="<root>"; boundary="b"'
    with sdi(Reply(200, body, kind)) as side:
        assert build(side.url).send(PARCEL).reference == "110000043"
    assert soap_part('multipart/related; boundary="b"', body) == b"other"  # without `start` the first part is the root
    assert soap_part("text/xml", envelope) == envelope


def test_sdi_cannot_be_asked(build: Build) -> None:
    channel = build("https://127.0.0.1:1")
    with pytest.raises(OutcomeUnknown, match=r"can't be asked about IT01234567897_00001\.xml"):
        channel.ask(PARCEL, "")
    assert list(channel.collect({PARCEL.key: "110000042"})) == []
    assert not channel.recognises_repeats


# --- certificates ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW + 801 * DAY, f"expired on {NOW + 800 * DAY:%Y-%m-%d}"),  # the throw-away certificates hold 800 days
        (NOW - 2 * DAY, f"holds only from {NOW - DAY:%Y-%m-%d}"),
    ],
)
def test_our_own_certificate_out_of_its_time_stops_the_file_before_it_leaves(
    build: Build, sdi: Callable[..., FarSide], moment: datetime.datetime, words: str
) -> None:
    with sdi(taken()) as side:
        with pytest.raises(Misconfigured, match=words) as caught:
            build(side.url, moment).send(PARCEL)
        assert not side.heard
    assert caught.value.code == "sdi.client_certificate"


def test_a_server_of_another_authority_is_given_nothing(build: Build, sdi: Callable[..., FarSide], pki: Pki) -> None:
    with sdi(taken()) as side:
        with pytest.raises(Misconfigured, match="ca_file"):
            build(side.url, ca_file=str(pki.trusted_list)).send(PARCEL)
        assert not side.heard


def test_a_client_certificate_that_sdi_does_not_know_is_our_fault(build: Build, pki: Pki) -> None:
    # A server that lets in only those whom the other authority certified, which is the signers'.
    with FarSide(taken(), tls=server_context(pki.server, pki.trusted_list)) as side:
        with pytest.raises(Misconfigured, match="unknown ca") as caught:
            build(side.url).send(PARCEL)
        assert not side.heard
    assert caught.value.code == "sdi.tls"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"url": "http://127.0.0.1"}, "https"),
        ({"certificate_file": "/does/not/exist.pem"}, "certificate_file"),
        ({"key_file": "/does/not/exist.pem"}, "key_file"),
        ({"ca_file": "/does/not/exist.pem"}, "ca_file"),
        ({"certificate": "x"}, "certificate"),
    ],
)
def test_a_wrong_setting_is_named(build: Build, wrong: Mapping[str, object], named: str) -> None:
    with pytest.raises(Misconfigured, match=named):
        build(**({"url": "https://sdi.example.it"} | dict(wrong)))


def test_a_key_of_another_certificate_is_named(build: Build, pki: Pki) -> None:
    with pytest.raises(Misconfigured, match="key_file"):
        build("https://sdi.example.it", key_file=str(pki.sdi_client.key))


def test_a_certificate_file_without_a_certificate_is_named(build: Build, pki: Pki) -> None:
    with pytest.raises(Misconfigured, match="certificate_file"):
        build("https://sdi.example.it", certificate_file=str(pki.gateway_client.key))


def test_an_encrypted_key_opens_with_its_password_alone_and_the_password_does_not_show(
    build: Build, sdi: Callable[..., FarSide], pki: Pki, tmp_path: Path
) -> None:
    locked = _lock(pki.gateway_client, tmp_path / "locked.pem", b"canary-61")
    with sdi(taken()) as side:
        assert build(side.url, key_file=str(locked), key_password="canary-61").send(PARCEL).signal == "sdi.accepted"
    for password in ({}, {"key_password": "canary-62"}):
        with pytest.raises(Misconfigured, match="key_password") as caught:
            build("https://sdi.example.it", key_file=str(locked), **password)
        assert "canary" not in str(caught.value)


def _lock(pair: Pair, path: Path, password: bytes) -> Path:
    encryption = serialization.BestAvailableEncryption(password)
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(pair.load_key().private_bytes(pem, form, encryption))
    return path


@pytest.mark.parametrize("missing", ["write_upload", "read_upload_answer", "now"])
def test_a_function_that_the_house_does_not_lend_is_named(pki: Pki, missing: str) -> None:
    ports: dict[str, object] = {"write_upload": len, "read_upload_answer": len, "now": len}
    pair = pki.gateway_client
    settings = {"url": "https://x", "certificate_file": str(pair.certificate), "key_file": str(pair.key)}
    del ports[missing]
    with pytest.raises(Misconfigured, match=missing):
        CHANNEL.build(settings, ports)


def test_sdi_is_one_destination(build: Build) -> None:
    assert build("https://sdi.example.it:8443/ricevi_file").destination(PARCEL) == "sdi.example.it:8443"


def test_a_certificate_that_expires_between_two_files_stops_the_second(
    pki: Pki, sdi: Callable[..., FarSide], tmp_path: Path
) -> None:
    old = make_pki(tmp_path / "old", NOW - 799 * DAY)
    moments = [NOW, NOW + 2 * DAY]
    with sdi(taken()) as side:
        settings = {
            "url": side.url,
            "certificate_file": str(old.gateway_client.certificate),
            "key_file": str(old.gateway_client.key),
            "ca_file": str(pki.tls_ca),
        }
        ports = {"write_upload": write_upload, "read_upload_answer": read_upload_answer, "now": lambda: moments.pop(0)}
        channel = CHANNEL.build(settings, ports)
        for failure in ("unknown ca", "expired on"):  # the first is at least tried
            with pytest.raises(Misconfigured, match=failure):
                channel.send(PARCEL)
        assert isinstance(channel, SdiChannel)
        channel.close()
