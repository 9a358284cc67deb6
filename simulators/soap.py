"""SOAP 1.1 as SdICoop speaks it: document/literal, the file inline in base64 or as an MTOM attachment.

The types of TrasmissioneTypes 1.0/1.1 have no elementFormDefault: the operation's element is qualified, its children
are not. A client that qualifies them is refused here as it is by SDI.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from email.message import Message
from urllib.parse import unquote

from lxml import etree

from simulators.listener import Reply, Request

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XOP = "http://www.w3.org/2004/08/xop/include"
TYPES = "http://www.fatturapa.gov.it/sdi/ws/trasmissione/v1.0/types"
BOUNDARY = "network-twin-mime-boundary"


class SoapRefused(ValueError):
    """Becomes a SOAP Fault: `Client` when the message is wrong."""


def read_call(request: Request, action: str, element: str, parts: Sequence[str]) -> dict[str, bytes]:
    """The parts of one operation, by name; `File` is decoded, the others are text in UTF-8.

    Raises SoapRefused for anything that is not this operation, to the letter.
    """
    if request.headers.get("soapaction", "").strip('"') != action:
        raise SoapRefused(f"SOAPAction is {request.headers.get('soapaction')!r}, not {action!r}")
    document, attachments = _open(request)
    root = _parse(document)
    if root.tag != f"{{{SOAP}}}Envelope":
        raise SoapRefused(f"the root is {root.tag!r}, not a SOAP 1.1 Envelope")
    body = root.find(f"{{{SOAP}}}Body")
    calls = [] if body is None else [child for child in body if isinstance(child.tag, str)]
    if [call.tag for call in calls] != [f"{{{TYPES}}}{element}"]:
        raise SoapRefused(f"the body holds {[call.tag for call in calls]}, not one {{{TYPES}}}{element}")
    found = [child for child in calls[0] if isinstance(child.tag, str)]
    if [child.tag for child in found] != list(parts):
        raise SoapRefused(f"{element} has {[child.tag for child in found]}; wanted, unqualified and in order: {parts}")
    return {str(child.tag): _content(child, attachments) for child in found}


def _open(request: Request) -> tuple[bytes, Mapping[str, bytes]]:
    """The envelope, and the attachments by Content-ID."""
    content_type = _content_type(request.headers.get("content-type", ""))
    if content_type.get_content_type() == "text/xml":
        return request.body, {}
    kind = str(content_type.get_param("type", ""))
    if content_type.get_content_type() != "multipart/related" or kind != "application/xop+xml":
        raise SoapRefused(f"Content-Type {request.headers.get('content-type')!r} is neither text/xml nor MTOM")
    parts = _split(request.body, str(content_type.get_param("boundary", "")))
    start = str(content_type.get_param("start", "")).strip("<>")
    if not parts:
        raise SoapRefused("a multipart message without a part")
    return parts.get(start, next(iter(parts.values()))), parts


def _content_type(value: str) -> Message:
    message = Message()
    message["Content-Type"] = value
    return message


def _split(body: bytes, boundary: str) -> dict[str, bytes]:
    """The parts of a multipart body by Content-ID, byte for byte: e-mail parsers change line ends in binary parts."""
    parts: dict[str, bytes] = {}
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        if piece.startswith(b"--"):
            break
        head, separator, content = piece.partition(b"\r\n\r\n")
        if not separator:
            raise SoapRefused("a MIME part without the empty line behind its header")
        name = re.search(rb"(?im)^content-id:\s*<?([^>\s]+)>?", head)
        parts[name[1].decode() if name else f"part-{len(parts)}"] = content
    return parts


def _parse(document: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SoapRefused(f"the envelope is not well-formed: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise SoapRefused("an envelope has no document type declaration")
    return root


def _content(element: etree._Element, attachments: Mapping[str, bytes]) -> bytes:
    include = element.find(f"{{{XOP}}}Include")
    if include is not None:
        name = unquote(include.get("href", "").removeprefix("cid:"))
        if name not in attachments:
            raise SoapRefused(f"no attachment has the Content-ID {name}")
        return attachments[name]
    text = element.text or ""
    if element.tag != "File":
        return text.encode()
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise SoapRefused(f"File is not base64: {error}") from error


def write_envelope(element: str, parts: Mapping[str, str]) -> bytes:
    """An envelope with one operation in its body; the children unqualified, as in the published types."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    call = etree.SubElement(body, f"{{{TYPES}}}{element}", nsmap={"types": TYPES})
    for name, text in parts.items():
        etree.SubElement(call, name).text = text
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def write_mtom(element: str, parts: Mapping[str, str], attachment: bytes) -> tuple[str, bytes]:
    """(Content-Type, body): as `write_envelope`, with File outside the envelope."""
    content_id = "file@network-twin"
    root = etree.fromstring(write_envelope(element, {**parts, "File": ""}))
    file = root.find(f".//{{{TYPES}}}{element}/File")
    if file is not None:
        file.text = None
        etree.SubElement(file, f"{{{XOP}}}Include", nsmap={"xop": XOP}).set("href", f"cid:{content_id}")
    head = 'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"\r\nContent-ID: <envelope@network-twin>'
    file_head = (
        f"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{content_id}>"
    )
    dash = f"--{BOUNDARY}"
    body = b"".join(
        [
            f"{dash}\r\n{head}\r\n\r\n".encode(),
            etree.tostring(root, xml_declaration=True, encoding="UTF-8"),
            f"\r\n{dash}\r\n{file_head}\r\n\r\n".encode(),
            attachment,
            f"\r\n{dash}--\r\n".encode(),
        ]
    )
    kind = 'multipart/related; type="application/xop+xml"; start="<envelope@network-twin>"; start-info="text/xml"'
    return f'{kind}; boundary="{BOUNDARY}"', body


def fault(text: str, code: str = "Client") -> Reply:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    found = etree.SubElement(body, f"{{{SOAP}}}Fault")
    etree.SubElement(found, "faultcode").text = f"soapenv:{code}"
    etree.SubElement(found, "faultstring").text = text
    content = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
    return Reply(500, content, "text/xml; charset=utf-8")
