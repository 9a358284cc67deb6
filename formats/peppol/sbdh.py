"""The envelope of Peppol: the Standard Business Document Header (Business Message Envelope 2.0.2).

    write_sbdh   header + document -> envelope; the document goes in with the bytes it has
    read_sbdh    envelope -> header, document, and what is wrong with them

Nothing here reads a clock or makes an identifier: both are part of the header that the caller gives, because the
same envelope must be sent again after a failure.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from formats.checking import Finding
from formats.peppol.cutting import cut_out, without_declaration
from formats.peppol.header import (
    COUNTRY,
    DOCUMENT_TYPE,
    HEADER,
    MLS_TO,
    MLS_TYPE,
    NAMESPACE,
    PROCESS,
    ROOT,
    VERSION,
    Sbdh,
    read_header,
    wrong,
)
from formats.peppol.identifiers import ParticipantId
from formats.ubl.pen import escaped
from formats.ubl.reader import refusal
from formats.xml import XmlRefused, parse, root_name

ABOVE: Final = "/sh:StandardBusinessDocument"


class MismatchedDocument(ValueError):
    """The header speaks of another document than the one it is to be put on; the message names both."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope holds.

    header:    None where something that Peppol demands is missing or wrong
    element:   the document in the tree of the envelope, None where there is not exactly one
    document:  the bytes of the document, as they stood in the envelope
    findings:  what is wrong with the envelope
    """

    header: Sbdh | None = None
    element: etree._Element | None = None
    document: bytes = b""
    findings: tuple[Finding, ...] = ()


def write_sbdh(document: bytes, header: Sbdh) -> bytes:
    """The document in its envelope, as UTF-8.

    The bytes of the document stay as they are, without their XML declaration; a document in another encoding than
    UTF-8 is written again in UTF-8. Raises MismatchedDocument.
    """
    root, type_id = root_name(document), header.document_type
    if root != f"{{{type_id.namespace}}}{type_id.root}":
        raise MismatchedDocument(f"the document begins with {root}, the header says {type_id}")
    return b"".join((_head(header).encode(), without_declaration(document), b"\n</sh:StandardBusinessDocument>\n"))


def read_sbdh(content: bytes) -> Envelope:
    """What an envelope holds. Never raises for a bad one: findings GW-SBDH-…, GW-XML-…."""
    try:
        return open_envelope(parse(content), content)
    except XmlRefused as refused:
        return Envelope(findings=(refusal(refused),))


def open_envelope(root: etree._Element, content: bytes) -> Envelope:
    """The same for an envelope that is parsed already."""
    if root.tag != ROOT:
        message = f"The file begins with {root.tag!r}, not with a StandardBusinessDocument."
        return Envelope(findings=(wrong("ROOT", message, "Put the document into an envelope of Peppol.", root),))
    headers = root.findall(HEADER)
    documents = [child for child in root.iterchildren("*") if child.tag != HEADER]
    findings: list[Finding] = []
    if len(documents) != 1:
        message = f"The envelope holds {len(documents)} documents; it must hold exactly one."
        findings.append(wrong("DOCUMENT", message, "Send one envelope for each document.", root))
    if len(headers) != 1:
        message = f"The envelope has {len(headers)} headers; it must have exactly one."
        findings.append(wrong("HEADER", message, "State sender, receiver, document type and process in one.", root))
    element = documents[0] if len(documents) == 1 else None
    header = read_header(headers[0], element, findings) if len(headers) == 1 else None
    if element is None:
        return Envelope(header, findings=tuple(findings))
    return Envelope(header, element, cut_out(content, root, element), tuple(findings))


def _head(header: Sbdh) -> str:
    kind = header.document_type
    scopes = [
        _scope(DOCUMENT_TYPE, kind.value, kind.scheme),
        _scope(PROCESS, header.process.value, header.process.scheme),
        _scope(COUNTRY, header.country),
        *([_scope(MLS_TO, header.mls_to.value, header.mls_to.scheme)] if header.mls_to else []),
        *([_scope(MLS_TYPE, header.mls_type)] if header.mls_type else []),
        *(_scope(name, value) for name, value in header.further),
    ]
    identification = (
        _element("Standard", kind.namespace),
        _element("TypeVersion", kind.version),
        _element("InstanceIdentifier", header.instance_identifier),
        _element("Type", kind.root),
        _element("CreationDateAndTime", _moment(header.created)),
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sh:StandardBusinessDocument xmlns:sh="{NAMESPACE}">\n'
        "<sh:StandardBusinessDocumentHeader>\n"
        f"{_element('HeaderVersion', VERSION)}"
        f"<sh:Sender>{_participant(header.sender)}</sh:Sender>\n"
        f"<sh:Receiver>{_participant(header.receiver)}</sh:Receiver>\n"
        f"<sh:DocumentIdentification>\n{''.join(identification)}</sh:DocumentIdentification>\n"
        f"<sh:BusinessScope>\n{''.join(scopes)}</sh:BusinessScope>\n"
        "</sh:StandardBusinessDocumentHeader>\n"
    )


def _element(name: str, value: str) -> str:
    return f"<sh:{name}>{escaped(value)}</sh:{name}>\n"


def _participant(participant: ParticipantId) -> str:
    value = escaped(participant.value)
    return f'<sh:Identifier Authority="{participant.scheme}">{value}</sh:Identifier>'


def _scope(kind: str, value: str, scheme: str = "") -> str:
    stated = _element("Type", kind) + _element("InstanceIdentifier", value)
    return f"<sh:Scope>\n{stated}{_element('Identifier', scheme) if scheme else ''}</sh:Scope>\n"


def _moment(created: datetime) -> str:
    return created.astimezone(UTC).isoformat().replace("+00:00", "Z")
