"""One kept HTTPS client towards one other side, whose every failure is one of the channels' three families.

What decides the family is whether bytes may have arrived:

    no connection, no handshake       Unavailable      nothing left
    certificate of theirs or ours     Misconfigured    nothing left, and trying again won't help
    anything after the first byte     OutcomeUnknown   on `hand_over`; Unavailable on `fetch`, which changes nothing

Certificates are always verified; a private authority is a file (`ca_file`), never a loosened check. Proxies of the
environment and redirects are not followed, answers are read up to a limit and never unpacked.
"""

import datetime
import ipaddress
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import urlsplit

import httpx
import msgspec

from channels.contract import ChannelFailure, Misconfigured, OutcomeUnknown, Unavailable

LONGEST_QUOTE: Final = 300
# OpenSSL's reasons that mean "the two sides will never agree", as TLSV13_ALERT_CERTIFICATE_REQUIRED.
_ABOUT_TRUST: Final = re.compile("CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE|PROTOCOL|VERSION")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. `media_type` is its Content-Type with all parameters."""

    status: int
    media_type: str
    body: bytes
    retry_after: datetime.timedelta | None = None

    @property
    def words(self) -> str:
        """The body as one line for a message: a JSON text without its quotes, at most 300 characters."""
        try:
            text = msgspec.json.decode(self.body, type=str)
        except msgspec.DecodeError:
            text = self.body.decode(errors="replace")
        line = " ".join(text.split())
        return "".join(letter for letter in line if letter.isprintable())[:LONGEST_QUOTE]


@dataclass(frozen=True, slots=True)
class Limits:
    """connect: seconds for connection and handshake; answer: seconds of silence; size: bytes of an answer."""

    connect: float
    answer: float
    size: int


class Line:
    """The way to one other side. Safe to use from several threads; `close` gives its connections back.

    channel:  begins the code of every failure (`peppol.unreachable`)
    url:      where paths are appended
    headers:  go with every request; they may hold a token and are never shown
    """

    def __init__(
        self, channel: str, url: str, tls: ssl.SSLContext, limits: Limits, headers: Mapping[str, str] | None = None
    ) -> None:
        self.channel, self.url, self.host = channel, url.rstrip("/"), urlsplit(url).netloc
        self._size = limits.size
        self._client = httpx.Client(
            verify=tls,
            # Plain: a compressed answer could unpack to any size.
            headers={"User-Agent": "einvoice-gateway", "Accept-Encoding": "identity", **(headers or {})},
            timeout=httpx.Timeout(limits.answer, connect=limits.connect, pool=limits.connect),
            trust_env=False,
            follow_redirects=False,
        )

    def __repr__(self) -> str:
        return f"Line({self.channel!r}, {self.url!r})"

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()

    def fetch(self, path: str) -> Answer:
        """Ask for something, which changes nothing there. Raises Unavailable, Misconfigured."""
        try:
            return self._call("GET", path)
        except OutcomeUnknown as failure:
            raise Unavailable(failure.code, failure.text) from failure

    def hand_over(self, path: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """Give bytes away, once. Raises Unavailable, OutcomeUnknown, Misconfigured."""
        return self._call("POST", path, content, headers)

    def _call(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        try:
            with self._client.stream(method, self.url + path, content=content, headers=headers) as response:
                return self._read(response)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            self._fail(error)

    def _read(self, response: httpx.Response) -> Answer:
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > self._size:
                raise OutcomeUnknown(
                    f"{self.channel}.answer",
                    f"the answer of {self.host} (HTTP {response.status_code}) is larger than {self._size} bytes "
                    "and was not read to its end: raise `largest_answer` if such answers are right",
                )
        return Answer(
            response.status_code,
            response.headers.get("Content-Type", ""),
            bytes(body),
            _seconds(response.headers.get("Retry-After", "")),
        )

    def _fail(self, error: httpx.TransportError | httpx.InvalidURL) -> NoReturn:
        if reason := _certificate_trouble(error):
            raise Misconfigured(
                f"{self.channel}.tls",
                f"no trusted connection to {self.host}: {reason}. Nothing was sent; check the certificates of both "
                "sides and the setting `ca_file`",
            ) from error
        if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.LocalProtocolError):
            # Without the error's own words: they may quote a header, and a header may be the token.
            raise Misconfigured(f"{self.channel}.url", f"no request can be made to {self.host}: check `url`") from None
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
            text = f"{self.host} can't be reached ({type(error).__name__}: {error}). Nothing was sent"
            raise Unavailable(f"{self.channel}.unreachable", text) from error
        text = f"{self.host} gave no full answer ({type(error).__name__}): the request may have arrived"
        raise OutcomeUnknown(f"{self.channel}.no_answer", text) from error


def verifying_context(channel: str, ca_file: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or later, certificate and host name verified: against `ca_file` alone, or the public authorities."""
    try:
        context = (
            ssl.create_default_context(cafile=str(ca_file))
            if ca_file is not None
            else httpx.create_ssl_context(trust_env=False)
        )
    except OSError as error:  # ssl.SSLError is one: a file without a certificate
        text = f"setting `ca_file`: {ca_file} can't be read as PEM certificates: {error.strerror or error}"
        raise Misconfigured(f"{channel}.ca_file", text) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def check_address(url: str) -> None:
    """Raises ValueError unless this is an https address, or a plain one on this very machine.

    A token or an invoice never crosses a network in the clear.
    """
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("url must be an address of scheme, host and path, without user, query or fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        raise ValueError("url must begin with https:// (plain http:// only towards 127.0.0.1, ::1 or localhost)")


def failure_of_status(channel: str, answer: Answer) -> ChannelFailure | None:
    """What a status says by itself, whatever the service; None where its own words have to be read."""
    status, proof = answer.status, answer.body
    if 300 <= status < 400:
        text = f"HTTP {status}: the service has moved, and redirects are not followed. Correct the setting `url`"
        return Misconfigured(f"{channel}.url", text, proof)
    if status in (401, 403):
        text = f"HTTP {status}: our credentials were not accepted. Check the channel's token or client certificate"
        return Misconfigured(f"{channel}.credentials", text, proof)
    if status in (404, 405, 410):
        text = f"HTTP {status}: nothing is taken at this address. Check the settings, and whether sending is enabled"
        return Misconfigured(f"{channel}.url", text, proof)
    if status in (408, 429):
        text = f"HTTP {status}: the other side asks us to come back later"
        return Unavailable(f"{channel}.busy", text, proof, answer.retry_after)
    return None


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _certificate_trouble(error: BaseException) -> str:
    """Why one side did not trust the other, "" where something else went wrong.

    With TLS 1.3 the refusal of our client certificate arrives as an alert in place of the answer; the request was
    not read then (RFC 8446 4.4.2.4), whatever the moment at which the alert is seen.
    """
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return str(cause.verify_message)
        if isinstance(cause, ssl.SSLError) and _ABOUT_TRUST.search(cause.reason or ""):
            return str(cause.reason).replace("_", " ").lower()
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _seconds(retry_after: str) -> datetime.timedelta | None:
    """Retry-After in seconds; its other form, a date, is passed over (RFC 9110 10.2.3)."""
    return datetime.timedelta(seconds=int(retry_after)) if re.fullmatch(r"[0-9]{1,6}", retry_after) else None
