"""The head of the document (BT-1 to BT-5, BT-20, BG-1): DatiGeneraliDocumento (2.1.1)."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from formats.en16931 import Invoice, ItalianInvoice, Note
from formats.fatturapa.alphabet import in_alphabet
from formats.fatturapa.codes import SELF_BILLED, SIMPLIFIED_TYPES, document_type_of, document_types, type_code_of
from formats.fatturapa.document import Block, Content
from formats.fatturapa.elements import LATIN_1
from formats.fatturapa.funds import write_funds, write_stamp_duty, write_withholdings
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook
from formats.fatturapa.writing import Writing

ISSUED_BY_BUYER: Final = "CC"
MOST_CAUSALE: Final = 200
_TERMS: Final = "Termini di pagamento: "
_SOFT_HYPHEN: Final = "\u00ad"
_SUBJECT: Final = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)


def write_general(invoice: Invoice, writing: Writing) -> Content:
    """DatiGeneraliDocumento, all but the amounts."""
    manifest = writing.manifest
    italy = invoice.italy or ItalianInvoice()
    manifest.take("BT-1", "BT-2", "BT-5")
    return {
        "TipoDocumento": _write_type(invoice, manifest),
        "Divisa": invoice.currency,
        "Data": invoice.issue_date,
        "Numero": invoice.number,
        "DatiRitenuta": list(write_withholdings(italy.withholdings, manifest)),
        "DatiBollo": write_stamp_duty(invoice, manifest),
        "DatiCassaPrevidenziale": list(write_funds(invoice, writing)),
        "Causale": list(_write_notes(invoice, manifest)),
    }


def document_type(invoice: Invoice) -> str:
    """TDxx: as the Italian extension says, else what BT-3 stands for."""
    stated = invoice.italy.document_type if invoice.italy else None
    if stated in SIMPLIFIED_TYPES:
        stated = None  # written as an ordinary invoice
    return stated or document_type_of(invoice.type_code, invoice.is_credit_note)


def is_issued_by_buyer(invoice: Invoice) -> bool:
    """Whether SoggettoEmittente says CC: a self-billed invoice, or an integration."""
    known = document_types().get(document_type(invoice))
    return invoice.type_code == SELF_BILLED or (known is not None and known.is_self_billed)


def _write_type(invoice: Invoice, manifest: Manifest) -> str:
    code = document_type(invoice)
    if invoice.italy is not None and invoice.italy.document_type in SIMPLIFIED_TYPES:
        manifest.leave("IT-D/IT-1", f"It is written as an ordinary invoice ({code}).")
    else:
        manifest.take("IT-D/IT-1")
    read = type_code_of(code, is_issued_by_buyer(invoice))
    if invoice.type_code == read:
        manifest.take("BT-3")
    else:
        manifest.leave("BT-3", f"{code} is read as {read}.")
    return code


def _write_notes(invoice: Invoice, manifest: Manifest) -> Iterator[str]:
    """Causale: the notes, a subject code before its note (`#AAI#`), and the payment terms."""
    for position, note in enumerate(invoice.notes, 1):
        if not note.text:
            continue
        at = f"BG-1[{position}]"
        subject = f"#{note.subject_code}#" if note.subject_code and _SUBJECT.match(f"#{note.subject_code}#") else ""
        if subject:
            manifest.take(f"{at}/BT-21")
        text = _written(f"{at}/BT-22", note.text, manifest)
        if not subject and (text.startswith(_TERMS) or _SUBJECT.match(text)):
            manifest.leave(f"{at}/BT-22", "It begins as payment terms or a subject code do, and is read as such.")
        yield from pieces(subject + text)
    if invoice.payment_terms:
        yield from pieces(_TERMS + _written("BT-20", invoice.payment_terms, manifest))


def _written(path: str, text: str, manifest: Manifest) -> str:
    written = in_alphabet(text.strip(), LATIN_1).rstrip(_SOFT_HYPHEN)
    if written == text:
        manifest.take(path)
    else:
        manifest.leave(path, f"Written as “{written[:MOST_CAUSALE]}” in the letters of ISO 8859-1.")
    return written


def pieces(text: str) -> Iterator[str]:
    """A text in Causale elements of at most 200 characters.

    It is cut behind a blank, else in a word, with a soft hyphen: a piece that ends with either goes on in the next.
    """
    while len(text) > MOST_CAUSALE:
        cut = text.rfind(" ", 0, MOST_CAUSALE) + 1
        yield text[:cut] if cut else text[: MOST_CAUSALE - 1] + _SOFT_HYPHEN
        text = text[cut or MOST_CAUSALE - 1 :]
    yield text


def joined(elements: Iterable[str], is_ours: bool) -> Iterator[str]:
    """The texts that were cut into pieces. Others cut at 200 characters exactly."""
    text = ""
    for piece in elements:
        text += piece.removesuffix(_SOFT_HYPHEN) if is_ours else piece
        if not (piece.endswith((" ", _SOFT_HYPHEN)) if is_ours else len(piece) == MOST_CAUSALE):
            yield text
            text = ""
    if text:
        yield text


def read_notes(general: Block, notebook: Notebook) -> tuple[tuple[Note, ...], str | None]:
    """BG-1 and BT-20 from Causale; payment terms are told apart only in documents of ours."""
    notes: list[Note] = []
    terms: str | None = None
    blocks = list(general.each("DatiGeneraliDocumento", "Causale"))
    for text in joined([block.raw_text for block in blocks], notebook.is_ours):
        subject = _SUBJECT.fullmatch(text)
        if notebook.is_ours and text.startswith(_TERMS) and terms is None:
            terms = text.removeprefix(_TERMS)
            notebook.stood("BT-20", blocks[-1])
        elif text.strip():
            notebook.stood(f"BG-1[{len(notes) + 1}]/BT-22", blocks[0])
            notes.append(
                Note(subject_code=subject[1], text=subject[2].strip() or None) if subject else Note(text=text.strip())
            )
    return tuple(notes), terms


def read_type(general: Block | None, issued_by_buyer: bool, notebook: Notebook) -> tuple[str | None, str | None]:
    """BT-3 and TipoDocumento (IT-1)."""
    code = notebook.text("IT-D/IT-1", general, "DatiGeneraliDocumento", "TipoDocumento")
    if code is None or general is None:
        return None, None
    notebook.stood("BT-3", general.first("DatiGeneraliDocumento", "TipoDocumento"))
    return type_code_of(code, issued_by_buyer), code
