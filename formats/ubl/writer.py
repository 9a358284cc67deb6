"""Invoice -> UBL 2.1 Invoice or CreditNote, in the element order of the OASIS schema."""

from collections.abc import Iterator

import msgspec

from formats.checking import Finding
from formats.contract import NO_OPTIONS, CannotWrite, NotCarried, Options, Written
from formats.en16931 import Invoice, ProcessControl
from formats.en16931.terms import values_of
from formats.ubl.document import write_invoice
from formats.ubl.names import CAC, CBC, CREDIT_NOTE_NAMESPACE, INVOICE_NAMESPACE
from formats.ubl.pen import Pen, without_controls

# What a UBL invoice claims that claims nothing more special (EN 16931-1, BT-24).
CORE_SPECIFICATION = "urn:cen.eu:en16931:2017"
_ITALIAN = "it belongs to FatturaPA; UBL has no place for it"
_CONTROLS = "characters that XML cannot hold were left out"


def write(invoice: Invoice, options: Options = NO_OPTIONS) -> Written:  # noqa: ARG001 - UBL needs no options
    """A UBL Invoice, or a CreditNote where the type code (BT-3) says so. No options.

    A missing specification identifier (BT-24) becomes that of EN 16931-1 itself.
    Raises CannotWrite without an invoice currency (BT-5): every amount in UBL states it.
    """
    if not invoice.currency:
        raise CannotWrite((_NO_CURRENCY,))
    pen = Pen(invoice.currency)
    content = _spelt(specified(invoice, CORE_SPECIFICATION), pen)
    return Written(content, (*_italian_values(invoice), *pen.not_carried, *_cut(invoice, pen)))


def draft(invoice: Invoice) -> bytes:
    """The UBL that an invoice would become as it stands, whatever it lacks: for the rules to judge."""
    return _spelt(invoice, Pen(invoice.currency or "", is_draft=True))


def _spelt(invoice: Invoice, pen: Pen) -> bytes:
    root, namespace = (
        ("CreditNote", CREDIT_NOTE_NAMESPACE) if invoice.is_credit_note else ("Invoice", INVOICE_NAMESPACE)
    )
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">\n',
        *write_invoice(invoice, pen),
        f"</{root}>\n",
    ]
    return "".join(parts).encode()


def specified(invoice: Invoice, specification: str, business_process: str | None = None) -> Invoice:
    """The invoice with these identifiers (BT-24, BT-23) where it states none of its own."""
    stated = invoice.process or ProcessControl()
    process = ProcessControl(
        business_process=stated.business_process or business_process,
        specification=stated.specification or specification,
    )
    return invoice if process == stated else msgspec.structs.replace(invoice, process=process)


def _italian_values(invoice: Invoice) -> Iterator[NotCarried]:
    groups: list[tuple[str, msgspec.Struct | None]] = [
        ("IT-D/", invoice.italy),
        ("BG-4/IT-S/", invoice.seller.italy if invoice.seller else None),
        *((f"BG-25[{position}]/IT-L/", line.italy) for position, line in enumerate(invoice.lines, 1)),
    ]
    for prefix, group in groups:
        if group is not None:
            for path, _, value in values_of(group, prefix):
                if value is not False:
                    yield NotCarried(path, str(value), _ITALIAN)


def _cut(invoice: Invoice, pen: Pen) -> Iterator[NotCarried]:
    """The values that lost characters, looked for only where the pen says that there are any."""
    for path, _, value in values_of(invoice) if pen.lost else ():
        text = str(value)
        if without_controls(text) != text:
            yield NotCarried(path, text, _CONTROLS)


_NO_CURRENCY = Finding(
    "GW-UBL-NO-CURRENCY",
    "BT-5",
    "The invoice states no currency, and every amount of a UBL document names it.",
    "State the invoice currency code (BT-5), such as EUR.",
)
