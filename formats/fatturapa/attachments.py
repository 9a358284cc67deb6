"""Supporting documents (BG-24) as Allegati (2.5): files inside the invoice; what only points elsewhere has no place."""

import binascii
from collections.abc import Iterator, Sequence
from typing import Final

from formats.checking import Severity
from formats.en16931 import Attachment, SupportingDocument
from formats.fatturapa.document import Block, Content
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook
from formats.fatturapa.telling import told

_FORMATS: Final = {
    "application/pdf": "PDF",
    "text/csv": "CSV",
    "image/png": "PNG",
    "image/jpeg": "JPG",
    "application/xml": "XML",
    "application/zip": "ZIP",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
}
_MEDIA_TYPES: Final = {name: media_type for media_type, name in _FORMATS.items()} | {
    "JPEG": "image/jpeg",
    "TXT": "text/plain",
}


def write_attachments(documents: Sequence[SupportingDocument], manifest: Manifest) -> Iterator[Content]:
    """Allegati for every document that holds a file."""
    for position, one in enumerate(documents, 1):
        if one.attachment is not None:
            yield _write_attachment(one, one.attachment, f"BG-24[{position}]", manifest)


def _write_attachment(one: SupportingDocument, file: Attachment, at: str, manifest: Manifest) -> Content:
    name = Manifest().text("", file.file_name or one.reference or "allegato", "String60LatinType") or "allegato"
    kind = _FORMATS.get(file.media_type or "")
    read = Attachment(file.content, _MEDIA_TYPES.get(kind or ""), name)
    if file == read:
        manifest.take(f"{at}/BT-125")
    else:
        manifest.leave(f"{at}/BT-125", f"The file is there, as {name} of kind {kind or 'unknown'}.")
    if one.reference == name:
        manifest.take(f"{at}/BT-122")
    else:
        manifest.leave(f"{at}/BT-122", f"NomeAttachment says {name}.")
    return {
        "NomeAttachment": name,
        "FormatoAttachment": kind,
        "DescrizioneAttachment": manifest.text(f"{at}/BT-123", one.description, "String100LatinType"),
        "Attachment": file.content,
    }


def read_attachments(body: Block, notebook: Notebook) -> Iterator[SupportingDocument]:
    """BG-24."""
    for position, block in enumerate(body.each("Allegati"), 1):
        at = f"BG-24[{position}]"
        name = notebook.text(f"{at}/BT-122", block, "NomeAttachment")
        yield SupportingDocument(
            reference=name,
            description=notebook.text(f"{at}/BT-123", block, "DescrizioneAttachment"),
            attachment=_read_file(block, name, at, notebook),
        )


def _read_file(block: Block, name: str | None, at: str, notebook: Notebook) -> Attachment | None:
    text = notebook.text(f"{at}/BT-125", block, "Attachment")
    kind = block.text("FormatoAttachment") or (name or "").rpartition(".")[2]
    packed = block.text("AlgoritmoCompressione")
    if text is None:
        return None
    try:
        content = binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except binascii.Error:
        finding = told("GW-FATTURAPA-BASE64", f"{at}/BT-125", Severity.FATAL, block.place, name=name or "")
        notebook.findings.append(finding)
        return None
    return Attachment(content, _MEDIA_TYPES.get((packed or kind).upper()), name)
