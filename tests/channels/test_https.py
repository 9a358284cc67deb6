"""The line to another side: which trouble leads to which family of failure, and what is never given away."""

import datetime
import logging
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from channels.contract import ChannelFailure, Misconfigured, OutcomeUnknown, Unavailable
from channels.https import Answer, Limits, Line, check_address, failure_of_status, verifying_context
from simulators.listener import Reply
from simulators.pki import Pki, make_pki, server_context
from tests.channels.far_side import FarSide, babbling, nobody_there, told

QUICK = Limits(connect=2.0, answer=0.3, size=10_000)
TOKEN = "canary-5f1c"

Call = Callable[[Line], Answer]


def hand_over(line: Line) -> Answer:
    return line.hand_over("/in", b"<document/>", {"Content-Type": "application/xml"})


def fetch(line: Line) -> Answer:
    return line.fetch("/status")


@pytest.fixture
def line_to() -> Iterator[Callable[..., Line]]:
    """Makes lines, and closes them."""
    made: list[Line] = []

    def make(url: str, ca: Path | None = None) -> Line:
        made.append(Line("trial", url, verifying_context("trial", ca), QUICK, {"X-Token": TOKEN}))
        return made[-1]

    yield make
    for line in made:
        line.close()


@pytest.fixture(scope="module")
def other_pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Certificates of an authority that nobody in these tests trusts."""
    return make_pki(tmp_path_factory.mktemp("other") / "pki", datetime.datetime.now(datetime.UTC))


def test_bytes_and_headers_arrive_and_the_answer_comes_back(line_to: Callable[..., Line]) -> None:
    with FarSide(told({"is": "fine"})) as side:
        answer = hand_over(line_to(side.url + "/base/"))
        assert (answer.status, answer.body) == (200, b'{"is": "fine"}')
        heard = side.heard[0]
        assert (heard.method, heard.path, heard.body) == ("POST", "/base/in", b"<document/>")
        assert heard.headers["x-token"] == TOKEN
        assert heard.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(("call", "is_unknown"), [(hand_over, True), (fetch, False)])
@pytest.mark.parametrize(
    "says",
    [
        (),  # silence
        (None,),  # the line goes dead after the request
        (Reply(200, b"x" * 10_001),),  # more than we read
    ],
)
def test_after_the_first_byte_only_a_question_is_known_to_have_changed_nothing(
    line_to: Callable[..., Line], says: tuple[Reply | None, ...], call: Call, is_unknown: bool
) -> None:
    with FarSide(*says) as side, pytest.raises(Unavailable) as caught:
        call(line_to(side.url))
    assert isinstance(caught.value, OutcomeUnknown) is is_unknown


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf",  # ends in the middle of the body
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",  # no chunk
        b"SSH-2.0-OpenSSH\r\n",  # no HTTP at all
        b"",
    ],
)
def test_a_broken_answer_leaves_the_outcome_unknown(line_to: Callable[..., Line], raw: bytes) -> None:
    with babbling(raw) as url, pytest.raises(OutcomeUnknown):
        hand_over(line_to(url))


def test_without_a_connection_nothing_was_handed_over(line_to: Callable[..., Line]) -> None:
    with pytest.raises(Unavailable, match="Nothing was sent") as caught:
        hand_over(line_to(nobody_there()))
    assert not isinstance(caught.value, OutcomeUnknown)


def test_a_compressed_answer_is_never_unpacked(line_to: Callable[..., Line]) -> None:
    with FarSide(Reply(200, b"\x1f\x8b", headers={"Content-Encoding": "gzip"})) as side:
        assert fetch(line_to(side.url)).body == b"\x1f\x8b"


def test_a_redirect_is_not_followed(line_to: Callable[..., Line]) -> None:
    with FarSide(told("elsewhere")) as elsewhere:
        with FarSide(Reply(307, headers={"Location": elsewhere.url})) as side:
            answer = hand_over(line_to(side.url))
        assert answer.status == 307
        assert not elsewhere.heard


def test_the_proxy_of_the_environment_is_not_asked(
    line_to: Callable[..., Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", nobody_there())
    monkeypatch.setenv("ALL_PROXY", nobody_there())
    with FarSide(told("fine")) as side:
        assert fetch(line_to(side.url)).status == 200


def test_a_private_authority_is_trusted_by_its_file(line_to: Callable[..., Line], pki: Pki) -> None:
    with FarSide(told("fine"), tls=server_context(pki.server)) as side:
        assert fetch(line_to(side.url, pki.tls_ca)).status == 200


@pytest.mark.parametrize("knows_another", [True, False])  # another private authority; only the public ones
def test_a_certificate_of_an_unknown_authority_is_refused_before_a_byte_leaves(
    line_to: Callable[..., Line], pki: Pki, other_pki: Pki, knows_another: bool
) -> None:
    ca = other_pki.tls_ca if knows_another else None
    with FarSide(told("fine"), tls=server_context(pki.server)) as side:
        with pytest.raises(Misconfigured, match="ca_file") as caught:
            hand_over(line_to(side.url, ca))
        assert not side.heard
    assert caught.value.code == "trial.tls"


def test_a_certificate_for_another_name_is_refused(line_to: Callable[..., Line], pki: Pki) -> None:
    # A signer's certificate, of an authority that is trusted here, but with no host name in it.
    with FarSide(told("fine"), tls=server_context(pki.signer)) as side:
        with pytest.raises(Misconfigured, match="mismatch"):
            hand_over(line_to(side.url, pki.trusted_list))
        assert not side.heard


def test_plain_http_at_the_other_end_of_tls_is_named(line_to: Callable[..., Line], pki: Pki) -> None:
    with FarSide(told("fine")) as side, pytest.raises(Misconfigured, match="wrong version number"):
        hand_over(line_to(side.url.replace("http:", "https:"), pki.tls_ca))


def test_an_authority_file_is_the_only_authority(pki: Pki) -> None:
    context = verifying_context("trial", pki.tls_ca)
    assert context.get_ca_certs(binary_form=True) == [ssl.PEM_cert_to_DER_cert(pki.tls_ca.read_text())]


@pytest.mark.parametrize("is_private", [True, False])
def test_nothing_is_talked_to_unverified_or_below_tls_1_2(pki: Pki, is_private: bool) -> None:
    context = verifying_context("trial", pki.tls_ca if is_private else None)
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_an_authority_file_without_a_certificate_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate here")
    for file in (empty, tmp_path / "missing.pem"):
        with pytest.raises(Misconfigured, match=file.name):
            verifying_context("trial", file)


@pytest.mark.parametrize(
    "url",
    [
        "http://ap.example.com",  # the token would cross the network in the clear
        "http://10.0.0.1:8080",
        "https://user:password@ap.example.com",
        "https://ap.example.com/?to=x",
        "https://",
        "ftp://127.0.0.1",
        "ap.example.com",
        "",
    ],
)
def test_an_address_that_would_give_something_away_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="url must"):
        check_address(url)


@pytest.mark.parametrize(
    "url", ["https://ap.example.com/base", "http://127.0.0.1:8080", "http://[::1]:1", "http://localhost"]
)
def test_https_and_this_very_machine_are_right_addresses(url: str) -> None:
    check_address(url)


@pytest.mark.parametrize(
    ("status", "family"),
    [
        (301, Misconfigured),
        (401, Misconfigured),
        (403, Misconfigured),
        (404, Misconfigured),
        (405, Misconfigured),
        (408, Unavailable),
        (429, Unavailable),
    ],
)
def test_some_statuses_say_it_all(status: int, family: type[ChannelFailure]) -> None:
    failure = failure_of_status("trial", Answer(status, "", b"raw", datetime.timedelta(seconds=5)))
    assert type(failure) is family
    assert failure.proof == b"raw"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("0", 0), ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None), ("٣", None)],
)
def test_a_wait_is_taken_from_the_answer(line_to: Callable[..., Line], header: str, seconds: int | None) -> None:
    raw = f"HTTP/1.1 429 Too Many\r\nRetry-After: {header}\r\nContent-Length: 0\r\n\r\n".encode()
    with babbling(raw) as url:
        answer = fetch(line_to(url))
    assert answer.retry_after == (None if seconds is None else datetime.timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'"no such id"', "no such id"),
        (b"<h1>\nBad\x1b[31m  Gateway</h1>", "<h1> Bad[31m Gateway</h1>"),  # nothing that moves a terminal
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"x" * 1_000, "x" * 300),
        (b"[" * 100_000, "[" * 300),
    ],
)
def test_the_words_of_an_answer_are_one_short_line(body: bytes, words: str) -> None:
    assert Answer(500, "", body).words == words


def test_the_token_is_in_no_repr_no_log_and_no_failure(
    line_to: Callable[..., Line], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = []
    with FarSide(None) as side:
        for url in (side.url, nobody_there()):
            line = line_to(url)
            with pytest.raises(ChannelFailure) as caught:
                hand_over(line)
            shown += [repr(line), str(caught.value), repr(caught.value), str(caught.value.__cause__)]
    assert TOKEN not in "".join(shown) + caplog.text
