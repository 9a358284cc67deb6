"""Additional documents: BG-24 with its files, and the two references that UBL keeps in the same list (BT-18, BT-11)."""

import base64

from formats.en16931 import Attachment, Identifier, Invoice, SupportingDocument
from formats.ubl import faults
from formats.ubl.lexical import bytes_of
from formats.ubl.node import Node
from formats.ubl.pen import Pen, group
from formats.ubl.references import INVOICED_OBJECT, PROJECT, write_typed_reference
from formats.ubl.tree import content_of

NAME = "cac:AdditionalDocumentReference"
# UBL must name a media type; this one says that it is unknown (RFC 2046 section 4.5.1).
UNKNOWN_MEDIA_TYPE = "application/octet-stream"
OBJECT = "cbc:EmbeddedDocumentBinaryObject"


def read_additional_documents(
    document: Node, is_credit_note: bool
) -> tuple[tuple[SupportingDocument, ...], Identifier | None, str | None]:
    """Supporting documents (BG-24), invoiced object (BT-18), and the project (BT-11) of a credit note."""
    documents: list[SupportingDocument] = []
    invoiced_object: Identifier | None = None
    project: str | None = None
    for node in document.nodes(NAME):
        kind = node.peek("cbc:DocumentTypeCode")
        if kind == INVOICED_OBJECT:
            node.skip("cbc:DocumentTypeCode")
            invoiced_object = node.agreed("/BT-18", invoiced_object, node.identifier("cbc:ID", "/BT-18"))
        elif kind == PROJECT and is_credit_note:
            node.skip("cbc:DocumentTypeCode")
            project = node.agreed("/BT-11", project, node.text("cbc:ID", "/BT-11"))
        else:
            node.stands_for(f"BG-24[{len(documents) + 1}]")
            documents.append(_read_supporting_document(node))
    return tuple(documents), invoiced_object, project


def write_additional_documents(invoice: Invoice, pen: Pen) -> str:
    """Supporting documents (BG-24), invoiced object (BT-18), and the project (BT-11) of a credit note."""
    project = invoice.project_reference if invoice.is_credit_note else None
    return "".join(
        (
            write_typed_reference(NAME, invoice.object_identifier, INVOICED_OBJECT, pen),
            write_typed_reference(NAME, Identifier(project) if project else None, PROJECT, pen),
            *(_write_supporting_document(one, at, pen) for at, one in enumerate(invoice.supporting_documents, 1)),
        )
    )


def _read_supporting_document(node: Node) -> SupportingDocument:
    file = node.node("cac:Attachment")
    supporting = SupportingDocument(
        reference=node.text("cbc:ID", "BT-122"),
        description=node.text("cbc:DocumentDescription", "BT-123"),
        location=file.inside("cac:ExternalReference", "cbc:URI", number="BT-124") if file else None,
        attachment=_read_attachment(file) if file else None,
    )
    if file is not None:
        file.close()
    return supporting


def _write_supporting_document(supporting: SupportingDocument, position: int, pen: Pen) -> str:
    return group(
        NAME,
        pen.text("cbc:ID", supporting.reference),
        pen.text("cbc:DocumentDescription", supporting.description),
        group(
            "cac:Attachment",
            _write_attachment(supporting.attachment, position, pen),
            group("cac:ExternalReference", pen.text("cbc:URI", supporting.location)),
        ),
    )


def _read_attachment(file: Node) -> Attachment | None:
    element = file.take(OBJECT, "BT-125")
    if element is None:
        return None
    content = bytes_of(content_of(element))
    if content is None:
        file.add(faults.no_base64(OBJECT), "BT-125", OBJECT, element)
        return None
    return Attachment(content, element.get("mimeCode") or None, element.get("filename") or None)


def _write_attachment(attachment: Attachment | None, position: int, pen: Pen) -> str:
    if attachment is None:
        return ""
    if not attachment.content:
        path, name = f"BG-24[{position}]/BT-125", attachment.file_name or ""
        pen.leave(path, name, "the file is empty, and an element of UBL must not be")
    return pen.marked(
        OBJECT,
        base64.b64encode(attachment.content).decode("ascii"),
        mimeCode=attachment.media_type or UNKNOWN_MEDIA_TYPE,
        filename=attachment.file_name,
    )
