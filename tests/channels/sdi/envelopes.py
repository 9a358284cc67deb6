"""The envelopes of RiceviFile, written and read without the gateway's own codec: a second reading of the WSDL."""

import base64
from dataclasses import dataclass

from lxml import etree

from simulators.listener import Reply
from simulators.soap import SOAP, TYPES, write_envelope

XML = "text/xml; charset=utf-8"


@dataclass(frozen=True)
class Said:
    """What the channel's port promises of an answer."""

    identifier: str = ""
    error: str = ""
    fault: str = ""
    text: str = ""


def write_upload(file_name: str, content: bytes) -> bytes:
    """An envelope with the file inline."""
    return write_envelope("fileSdIAccoglienza", {"NomeFile": file_name, "File": base64.b64encode(content).decode()})


def read_upload_answer(envelope: bytes) -> Said:
    """Raises ValueError for anything that is no answer of RiceviFile."""
    try:
        root = etree.fromstring(envelope)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    fault = root.find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    if fault is not None:
        code = (fault.findtext("faultcode") or "").rpartition(":")[2]
        return Said(fault=code, text=fault.findtext("faultstring") or "")
    answer = root.find(f"{{{SOAP}}}Body/{{{TYPES}}}rispostaSdIRiceviFile")
    if answer is None:
        raise ValueError("no rispostaSdIRiceviFile in the envelope")
    return Said(answer.findtext("IdentificativoSdI") or "", answer.findtext("Errore") or "")


def taken(identifier: str = "110000042", error: str = "") -> Reply:
    """SDI's answer, with an error where the file was not taken."""
    parts = {"IdentificativoSdI": identifier, "DataOraRicezione": "2026-11-02T10:00:00.000+01:00"}
    return Reply(200, write_envelope("rispostaSdIRiceviFile", parts | ({"Errore": error} if error else {})), XML)
