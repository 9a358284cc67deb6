"""SDI calls the transmitter: TrasmissioneFatture, six one-way operations over mutual TLS, until they are taken."""

import base64
import logging
import threading
from dataclasses import asdict, dataclass, replace

import httpx

from simulators.pki import Pki, client_context
from simulators.sdi_notices import OPERATIONS, Notice
from simulators.soap import write_envelope, write_mtom
from simulators.world import World

log = logging.getLogger(__name__)

PATIENCE = httpx.Timeout(15.0, connect=5.0)


@dataclass(frozen=True)
class Endpoint:
    """Where the transmitter listens. SDI itself calls nothing but HTTPS; `allow_plain` is for a bench without TLS."""

    url: str
    form: str = "inline"
    """`inline` (base64 in the envelope) or `mtom` (the file as a MIME part)."""
    allow_plain: bool = False

    def __post_init__(self) -> None:
        if not self.url.startswith("https://") and not (self.allow_plain and self.url.startswith("http://")):
            raise ValueError(f"SDI calls HTTPS addresses alone, not {self.url!r}; set allow_plain for a bench")
        if self.form not in ("inline", "mtom"):
            raise ValueError(f"form is inline or mtom, not {self.form!r}")


@dataclass(frozen=True)
class Errand:
    """One notice on its way."""

    identifier: str
    notice: str
    code: str
    attempts: int = 0
    delivered: bool = False
    last: str = ""

    def report(self) -> dict[str, object]:
        return asdict(self)


class Courier:
    def __init__(self, world: World, pki: Pki) -> None:
        self._world = world
        self._tls = client_context(pki.tls_ca, pki.sdi_client)
        self._lock = threading.Lock()
        self._errands: dict[str, Errand] = {}
        self._client: httpx.Client | None = None
        self.endpoint: Endpoint | None = None

    def start(self) -> None:
        self._client = httpx.Client(verify=self._tls, timeout=PATIENCE, trust_env=False)

    def stop(self) -> None:
        if self._client is not None:
            self._client.close()

    def errands(self) -> list[Errand]:
        with self._lock:
            return list(self._errands.values())

    def deliver(self, identifier: str, notice: Notice) -> None:
        """Call once; on anything but 2xx call again later, for ever. The same notice keeps its name and its bytes."""
        endpoint = self.endpoint
        answer = "no endpoint is set" if endpoint is None else self._call(endpoint, identifier, notice)
        is_taken = answer.startswith("2")
        with self._lock:
            errand = self._errands.get(notice.name, Errand(identifier, notice.name, notice.code))
            self._errands[notice.name] = replace(
                errand, attempts=errand.attempts + 1, delivered=errand.delivered or is_taken, last=answer
            )
        if not is_taken:
            again = self._world.pace.notice_retry
            self._world.agenda.after(again, identifier, lambda: self.deliver(identifier, notice))

    def _call(self, endpoint: Endpoint, identifier: str, notice: Notice) -> str:
        operation, element = OPERATIONS[notice.code]
        parts = {"IdentificativoSdI": identifier, "NomeFile": notice.name}
        if endpoint.form == "mtom":
            content_type, body = write_mtom(element, parts, notice.content)
        else:
            parts["File"] = base64.b64encode(notice.content).decode()
            content_type, body = "text/xml; charset=utf-8", write_envelope(element, parts)
        headers = {
            "Content-Type": content_type,
            "SOAPAction": f'"http://www.fatturapa.it/TrasmissioneFatture/{operation}"',
        }
        if self._client is None:
            return "the courier has not started"
        try:
            return str(self._client.post(endpoint.url, content=body, headers=headers).status_code)
        except httpx.HTTPError as error:
            log.debug("%s was not delivered: %s", notice.name, error)
            return f"{type(error).__name__}: {error}"
