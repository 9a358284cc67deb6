"""The SOAP 1.1 messages of SdICoop, SDI's web service, as bytes: document/literal, children unqualified.

    write_upload           RiceviFile, to SDI                    (write_upload_with_attachment: the same as MTOM)
    read_upload_answer     what SDI answers, a SOAP fault included
    read_notification      one of the six operations of TrasmissioneFatture, from SDI, plain or MTOM
    write_acknowledgement  what we answer: nothing, the operations are one-way
    write_fault            ... or that we cannot take it, so that SDI calls again

Source: SdIRiceviFile 1.0, TrasmissioneFatture 1.1, TrasmissioneTypes 1.0 and 1.1.
"""

import base64
import binascii
import datetime
import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from formats import xml
from formats.fatturapa.file_names import file_name, is_file_name, progressive
from formats.fatturapa.mtom import Multipart, MultipartRefused, is_multipart, put_together, take_apart

__all__ = [
    "OPERATIONS",
    "RECEIVE_FILE_ACTION",
    "Notification",
    "SoapRefused",
    "UploadAnswer",
    "file_name",
    "is_file_name",
    "progressive",
    "read_notification",
    "read_upload_answer",
    "write_acknowledgement",
    "write_fault",
    "write_upload",
    "write_upload_with_attachment",
]

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES: Final = "http://www.fatturapa.gov.it/sdi/ws/trasmissione/v1.0/types"
XOP: Final = "http://www.w3.org/2004/08/xop/include"
RECEIVE_FILE_ACTION: Final = "http://www.fatturapa.it/SdIRiceviFile/RiceviFile"

# The element in the body -> the operation that it calls.
OPERATIONS: Final[Mapping[str, str]] = {
    "ricevutaConsegna": "RicevutaConsegna",
    "notificaMancataConsegna": "NotificaMancataConsegna",
    "notificaScarto": "NotificaScarto",
    "notificaEsito": "NotificaEsito",
    "notificaDecorrenzaTermini": "NotificaDecorrenzaTermini",
    "attestazioneTrasmissioneFattura": "AttestazioneTrasmissioneFattura",
    "notificaFileNonRecapitabile": "AttestazioneTrasmissioneFattura",  # as TrasmissioneTypes 1.0 calls it
}


class SoapRefused(ValueError):
    """The bytes are no message of SdICoop; the words say why and can be sent back in a fault."""


@dataclass(frozen=True, slots=True)
class UploadAnswer:
    """rispostaSdIRiceviFile, or the SOAP fault in its place.

    identifier:   IdentificativoSdI, as text; "" in a fault
    received_at:  when SDI took the file, in the zone it says; None in a fault
    error:        EI01, EI02, EI03; "" where the file was taken
    fault:        faultcode without its prefix (`Client`, `Server`); "" where this is no fault
    text:         faultstring
    """

    identifier: str = ""
    received_at: datetime.datetime | None = None
    error: str = ""
    fault: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Notification:
    """One call of TrasmissioneFatture: the operation, SDI's number of the file, the notice and its name."""

    operation: str
    sdi_id: str
    file_name: str
    content: bytes


def write_upload(name: str, content: bytes) -> bytes:
    """The request RiceviFile with the file in base64. name: NomeFile."""
    return _upload(name, base64.b64encode(content).decode("ascii"))


def write_upload_with_attachment(name: str, content: bytes) -> tuple[str, bytes]:
    """The same as MTOM: its Content-Type, and the body with the file as an attachment."""
    content_id = "file@einvoice-gateway"
    include = f'<xop:Include xmlns:xop="{XOP}" href="cid:{content_id}"/>'
    return put_together(_upload(name, include), content_id, content)


def _upload(name: str, file: str) -> bytes:
    parts = f"<NomeFile>{html.escape(name)}</NomeFile><File>{file}</File>"
    return _envelope(f'<t:fileSdIAccoglienza xmlns:t="{TYPES}">{parts}</t:fileSdIAccoglienza>')


def write_acknowledgement() -> bytes:
    """The body of our answer to a notification: empty, with HTTP 200, as the operations are one-way."""
    return b""


def write_fault(text: str, *, is_callers: bool) -> bytes:
    """A SOAP fault, for HTTP 500: the caller's mistake (Client), or ours (Server), after which SDI calls again."""
    code = "Client" if is_callers else "Server"
    inner = f"<faultcode>s:{code}</faultcode><faultstring>{html.escape(text)}</faultstring>"
    return _envelope(f"<s:Fault>{inner}</s:Fault>")


def _envelope(body: str) -> bytes:
    text = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()


def read_upload_answer(content: bytes) -> UploadAnswer:
    """What SDI answered to RiceviFile; a fault is an answer too. Raises SoapRefused for anything else."""
    payload = _payload(content)
    name = etree.QName(payload)
    if name.namespace == SOAP and name.localname == "Fault":
        code = _text(payload, "faultcode").rpartition(":")[2]
        return UploadAnswer(fault=code or "Server", text=_text(payload, "faultstring"))
    if (name.namespace, name.localname) != (TYPES, "rispostaSdIRiceviFile"):
        raise SoapRefused(f"the answer holds {name.text}, not rispostaSdIRiceviFile")
    identifier = _text(payload, "IdentificativoSdI")
    error = _text(payload, "Errore")
    if not identifier and not error:
        raise SoapRefused("the answer names neither IdentificativoSdI nor Errore")
    return UploadAnswer(identifier, _moment(_text(payload, "DataOraRicezione")), error)


def read_notification(content: bytes, content_type: str = "text/xml") -> Notification:
    """One of the operations that SDI calls at the transmitter. Raises SoapRefused."""
    try:
        message = take_apart(content, content_type) if is_multipart(content_type) else Multipart(content, {})
    except MultipartRefused as error:
        raise SoapRefused(str(error)) from None
    payload = _payload(message.envelope)
    name = etree.QName(payload)
    operation = OPERATIONS.get(name.localname) if name.namespace == TYPES else None
    if operation is None:
        raise SoapRefused(f"{name.text} is no operation of TrasmissioneFatture")
    sdi_id, notice_name = _text(payload, "IdentificativoSdI"), _text(payload, "NomeFile")
    if not sdi_id or not notice_name:
        raise SoapRefused("the call names no IdentificativoSdI or no NomeFile")
    return Notification(operation, sdi_id, notice_name, _file(payload, message))


def _payload(content: bytes) -> etree._Element:
    """The element in the body of an envelope."""
    try:
        root = xml.parse(content)
    except xml.XmlRefused as error:
        raise SoapRefused(error.message) from None
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None:
        raise SoapRefused(f"the root element is {root.tag!r}, not a SOAP 1.1 envelope with a body")
    payload = next(body.iterchildren(etree.Element), None)
    if payload is None:
        raise SoapRefused("the body of the envelope is empty")
    return payload


def _text(parent: etree._Element, name: str) -> str:
    return (parent.findtext(name) or "").strip()


def _moment(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return None


def _file(payload: etree._Element, message: Multipart) -> bytes:
    """The bytes of File: in base64, or in the part that it points at."""
    file = payload.find("File")
    if file is None:
        raise SoapRefused("the call has no File")
    include = file.find(f"{{{XOP}}}Include")
    if include is not None:
        attachment = message.attachment(include.get("href", ""))
        if attachment is None:
            raise SoapRefused("File points at a part that the message does not have")
        return attachment
    try:
        content = binascii.a2b_base64("".join((file.text or "").split()), strict_mode=True)
    except binascii.Error:
        raise SoapRefused("File is not base64") from None
    if not content:
        raise SoapRefused("File is empty")
    return content
