"""The notices of SDI to a transmitter: what they hold, how they are called, how they are signed.

Two flows, two namespaces: the public administration's messages (MessaggiTypes 1.1) and those for private recipients
(MessaggiFatturaTypes 1.0), where a rejection is a RicevutaScarto and a failed delivery a RicevutaImpossibilitaRecapito.
The root is qualified, its children are not; ds:Signature is the last child, XAdES-BES.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureMethod
from signxml.xades.xades import XAdESSigner

from simulators.invoice_file import Examined, base_name
from simulators.pki import Pair
from simulators.sdi_controls import ROME, Failure

PUBLIC = "http://www.fatturapa.gov.it/sdi/messaggi/v1.0"
PRIVATE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0"
PUBLIC_ROOTS = {
    "RC": "RicevutaConsegna",
    "NS": "NotificaScarto",
    "MC": "NotificaMancataConsegna",
    "NE": "NotificaEsito",
    "DT": "NotificaDecorrenzaTermini",
    "AT": "AttestazioneTrasmissioneFattura",
}
PRIVATE_ROOTS = {"RC": "RicevutaConsegna", "NS": "RicevutaScarto", "MC": "RicevutaImpossibilitaRecapito"}
OPERATIONS = {
    # code: (operation of TrasmissioneFatture, element of its body); the flow plays no part
    "RC": ("RicevutaConsegna", "ricevutaConsegna"),
    "NS": ("NotificaScarto", "notificaScarto"),
    "MC": ("NotificaMancataConsegna", "notificaMancataConsegna"),
    "NE": ("NotificaEsito", "notificaEsito"),
    "DT": ("NotificaDecorrenzaTermini", "notificaDecorrenzaTermini"),
    "AT": ("AttestazioneTrasmissioneFattura", "attestazioneTrasmissioneFattura"),
}


@dataclass(frozen=True)
class Transmission:
    """One file in SDI's books."""

    identifier: str
    name: str
    content: bytes
    sha256: str
    received: datetime
    examined: Examined
    archive: tuple[str, str] | None = None
    """(identifier, name) of the zip it came in."""

    def roots(self) -> dict[str, str]:
        return PUBLIC_ROOTS if self.examined.is_public else PRIVATE_ROOTS


@dataclass(frozen=True)
class Notice:
    code: str
    name: str
    content: bytes


def notice_name(transmission: Transmission, code: str, progressive: int) -> str:
    extension = "zip" if code == "AT" else "xml"
    return f"{base_name(transmission.name)}_{code}_{progressive:03d}.{extension}"


class Writer:
    """Writes and signs notices; `message_id` is the number of the notice in SDI's books, at most 14 digits."""

    def __init__(self, signer: Pair) -> None:
        self._key = signer.load_key()
        self._certificate = signer.load_certificate()

    def write(self, transmission: Transmission, said: "Said", progressive: int, message_id: int) -> Notice:
        """Raises KeyError for a notice that this flow does not have (a private recipient sends no NE)."""
        is_public = transmission.examined.is_public
        namespace = PUBLIC if is_public else PRIVATE
        root = etree.Element(
            f"{{{namespace}}}{transmission.roots()[said.code]}", nsmap={"types": namespace}, versione="1.0"
        )
        for name, value in _fields(transmission, said, message_id):
            _append(root, name, value)
        signer = XAdESSigner(
            c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
            signature_algorithm=SignatureMethod.RSA_SHA256,
        )
        signed = signer.sign(root, key=self._key, cert=[self._certificate], always_add_key_value=False)
        content = etree.tostring(signed, xml_declaration=True, encoding="UTF-8")
        name = notice_name(transmission, said.code, progressive)
        if said.code == "AT":
            content = _attestation(transmission, name, content)
        return Notice(said.code, name, content)


@dataclass(frozen=True)
class Said:
    """What SDI has to say: a code of OPERATIONS with its particulars."""

    code: str
    moment: datetime
    failures: Sequence[Failure] = ()
    outcome: str = "EC01"
    text: str = ""


Value = str | list[tuple[str, "Value"]]
"""Text, or the named children of an element."""


def _fields(transmission: Transmission, said: Said, message_id: int) -> list[tuple[str, Value]]:
    """The children in the order of the schema."""
    head: list[tuple[str, Value]] = [("IdentificativoSdI", transmission.identifier)]
    if said.code == "DT" and transmission.examined.invoices:
        invoice = transmission.examined.invoices[0]
        head.append(("RiferimentoFattura", [("NumeroFattura", invoice.number), ("AnnoFattura", invoice.year)]))
    head.append(("NomeFile", transmission.name))
    if not transmission.examined.is_public:
        head.append(("Hash", transmission.sha256))
    if said.code not in ("NE", "DT"):
        head.append(("DataOraRicezione", _moment(transmission.received)))
    body = _particulars(transmission, said)
    tail: list[tuple[str, Value]] = [("MessageId", str(message_id))]
    if said.code == "AT":
        tail.append(("HashFileOriginale", transmission.sha256))
    return head + body + tail


def _particulars(transmission: Transmission, said: Said) -> list[tuple[str, Value]]:
    """What stands between the time of receipt and the MessageId, RiferimentoArchivio in its place."""
    archive: list[tuple[str, Value]] = []
    if transmission.archive:
        identifier, name = transmission.archive
        archive = [("RiferimentoArchivio", [("IdentificativoSdI", identifier), ("NomeFile", name)])]
    explained: list[tuple[str, Value]] = [("Descrizione", said.text)] if said.text else []
    is_public = transmission.examined.is_public
    match said.code:
        case "RC":
            return [("DataOraConsegna", _moment(said.moment)), _recipient(transmission), *archive]
        case "NS":
            return [*archive, ("ListaErrori", [_error(failure, is_public=is_public) for failure in said.failures])]
        case "MC":
            shelf: list[tuple[str, Value]] = [
                ("DataMessaADisposizione", said.moment.astimezone(ROME).date().isoformat())
            ]
            return [*([] if is_public else shelf), *archive, *explained]
        case "NE":
            return [("EsitoCommittente", _outcome(transmission, said))]
        case "AT":
            return [*archive, _recipient(transmission)]
    return explained


def _recipient(transmission: Transmission) -> tuple[str, Value]:
    examined = transmission.examined
    return "Destinatario", [("Codice", examined.recipient_code), ("Descrizione", examined.mailbox or examined.buyer)]


def _error(failure: Failure, *, is_public: bool) -> tuple[str, Value]:
    error: list[tuple[str, Value]] = [("Codice", failure.code), ("Descrizione", failure.text[:255])]
    if not is_public:
        error.append(("Suggerimento", failure.hint or "Correggere il file e inviarlo con un nuovo nome"))
    return "Errore", error


def _outcome(transmission: Transmission, said: Said) -> Value:
    """The buyer's message inside SDI's: it names itself in its own version attribute."""
    outcome: list[tuple[str, Value]] = [("@versione", "1.0"), ("IdentificativoSdI", transmission.identifier)]
    if transmission.examined.invoices:
        invoice = transmission.examined.invoices[0]
        outcome.append(("RiferimentoFattura", [("NumeroFattura", invoice.number), ("AnnoFattura", invoice.year)]))
    outcome.append(("Esito", said.outcome))
    if said.text:
        outcome.append(("Descrizione", said.text))
    return outcome


def _append(parent: etree._Element, name: str, value: Value) -> None:
    if name.startswith("@"):
        parent.set(name[1:], str(value))
        return
    element = etree.SubElement(parent, name)
    if isinstance(value, str):
        element.text = value
        return
    for child, inner in value:
        _append(element, child, inner)


def _moment(moment: datetime) -> str:
    return moment.astimezone(ROME).isoformat(timespec="milliseconds")


def _attestation(transmission: Transmission, name: str, content: bytes) -> bytes:
    """AT travels as a zip: the invoice as it was sent, and the signed attestation."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(transmission.name, transmission.content)
        archive.writestr(name.replace(".zip", ".xml"), content)
    return buffer.getvalue()
