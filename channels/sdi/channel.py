"""The client of SdIRiceviFile: SOAP 1.1 over mutual TLS, one file a call."""

from collections.abc import Iterator, Mapping
from typing import Final

from channels.contract import (
    Channel,
    ChannelFailure,
    ChannelType,
    Misconfigured,
    Notice,
    OutcomeUnknown,
    Parcel,
    Receipt,
    Refused,
    Unavailable,
)
from channels.https import Answer, Limits, Line, failure_of_status
from channels.sdi.client_certificate import ClientCertificate, load_client_certificate
from channels.sdi.mime import soap_part
from channels.sdi.ports import Ports, UploadAnswer, take_ports
from channels.sdi.settings import SdiSettings
from channels.settings import read_settings

ACTION: Final = "http://www.fatturapa.it/SdIRiceviFile/RiceviFile"
NAME_USED: Final = "00002"


class SdiChannel:
    """Uploads to SDI. What became of a file comes back as pushed notices, at the house's own door.

    recognises_repeats is False, although SDI never takes a file name twice: it answers the same name again with a new
    IdentificativoSdI, and rejects that one later (NS 00002, or 00404 for the same content). The rejection speaks of
    the repeat, not of the invoice, and read carelessly it would bury an invoice that SDI has issued. So after a lost
    answer nothing is repeated by machine: if the file arrived, its notices name it (NomeFile) and settle the
    delivery; if none comes, a person looks into SDI's portal and may send the same name again without harm.
    """

    name = "sdi"
    recognises_repeats = False

    def __init__(self, line: Line, certificate: ClientCertificate, ports: Ports) -> None:
        self._line, self._certificate, self._ports = line, certificate, ports

    def __repr__(self) -> str:
        return f"SdiChannel({self._line!r})"

    def close(self) -> None:
        """Close the kept connections."""
        self._line.close()

    def destination(self, parcel: Parcel) -> str:
        """SDI's endpoint: there is one for all."""
        del parcel
        return self._line.host

    def send(self, parcel: Parcel) -> Receipt:
        """RiceviFile with Parcel.key as NomeFile. Raises a ChannelFailure."""
        self._certificate.check(self._ports.now())
        answer = self._line.hand_over(
            "",
            self._ports.write_upload(parcel.key, parcel.content),
            {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{ACTION}"'},
        )
        said = self._read(answer)
        if said is None:
            raise _failure_of_http(answer)
        if said.fault:
            raise _failure_of_fault(said, answer.body)
        if said.error:
            raise _failure_of_error(said, answer.body)
        text = f"SDI took the file {parcel.key} under the number {said.identifier}"
        return Receipt(said.identifier, "sdi.accepted", text, answer.body, answer.media_type)

    def ask(self, parcel: Parcel, reference: str) -> Receipt | None:
        """Raises OutcomeUnknown, always: SdICoop has no query. A notice or a person tells."""
        text = (
            f"SDI can't be asked about {parcel.key}. Its notices will tell, or the portal (Fatture e Corrispettivi) "
            f"under {reference or 'the file name'}; sending the same file name again can't issue the invoice twice"
        )
        raise OutcomeUnknown("sdi.no_query", text)

    def collect(self, references: Mapping[str, str]) -> Iterator[Notice]:
        """Nothing: SDI pushes its notices (TrasmissioneFatture)."""
        del references
        yield from ()

    def _read(self, answer: Answer) -> UploadAnswer | None:
        """The envelope in the answer, None where there is none. A fault comes with HTTP 500 (SOAP 1.1 section 6.2)."""
        if answer.status not in (200, 500):
            return None
        try:
            return self._ports.read_upload_answer(soap_part(answer.media_type, answer.body))
        except Exception:  # noqa: BLE001 - the file has left: whatever breaks in reading, its outcome is unknown
            return None


def _failure_of_http(answer: Answer) -> ChannelFailure:
    if failure := failure_of_status("sdi", answer):
        return failure
    text = f"HTTP {answer.status}: {answer.words}"
    if answer.status == 503:
        # Said by the front of SDI's service, before RiceviFile (RFC 9110 15.6.4); so it is during maintenance.
        return Unavailable("sdi.unavailable", f"SDI is not available ({text})", answer.body, answer.retry_after)
    if 400 <= answer.status < 500:
        return Refused("sdi.refused", f"SDI refused the upload ({text})", "sdi.refused", answer.body)
    text = f"SDI's answer can't be read ({text}): the file may have arrived"
    return OutcomeUnknown("sdi.unreadable", text, answer.body)


def _failure_of_fault(said: UploadAnswer, proof: bytes) -> ChannelFailure:
    """SOAP 1.1 section 4.4.1: `Client` blames the message; `Server` means that processing broke off, anywhere."""
    if NAME_USED in said.text:
        text = f"SDI has a file of this name ({said.text}): an earlier upload arrived, or another system used the name"
        return OutcomeUnknown("sdi.name_used", text, proof)
    if said.fault == "Server":
        text = f"SDI broke off ({said.text}): the file may have arrived"
        return OutcomeUnknown("sdi.fault", text, proof)
    return Refused("sdi.fault", f"SDI can't read the upload ({said.fault}): {said.text}", "sdi.refused", proof)


def _failure_of_error(said: UploadAnswer, proof: bytes) -> ChannelFailure:
    """erroreInvio_Type of TrasmissioneTypes 1.0; the file was not taken."""
    code = f"sdi.{said.error}"
    match said.error:
        case "EI02":
            return Unavailable(code, "EI02: SDI is not available at the moment", proof)
        case "EI03":
            text = "EI03: SDI does not know this client as an enabled transmitter. Check the accreditation"
            return Misconfigured(code, text, proof)
        case "EI01":
            return Refused(code, "EI01: SDI says that the file is empty", "sdi.refused", proof)
    return Refused(code, f"SDI refused the file with {said.error}", "sdi.refused", proof)


def build(settings: Mapping[str, object], ports: Mapping[str, object]) -> Channel:
    """The channel of one transmitter. Raises Misconfigured with the name of the wrong setting or missing port.

    An expired certificate does not keep the house from starting; it stops each file before it leaves.
    """
    chosen, lent = read_settings("sdi", settings, SdiSettings), take_ports(ports)
    certificate, tls = load_client_certificate(chosen)
    limits = Limits(chosen.connect_seconds, chosen.answer_seconds, chosen.largest_answer)
    return SdiChannel(Line("sdi", chosen.url, tls, limits), certificate, lent)


CHANNEL = ChannelType("sdi", build)
