"""Invoice -> Peppol BIS Billing 3."""

import pytest

from formats.en16931 import Invoice, ProcessControl
from formats.peppol.profiles import PROFILES
from formats.peppol.writer import BUSINESS_PROCESS, SELF_BILLING, SELF_BILLING_PROCESS, SPECIFICATION, write
from formats.ubl.reader import read
from tests.samples import sample_credit_note, sample_invoice

XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"


def process_of(invoice: Invoice, **options: object) -> ProcessControl | None:
    """BG-2 of what is written."""
    (reading,) = read(write(invoice, options).content)
    assert reading.invoice is not None
    return reading.invoice.process


PEPPOL = ProcessControl(business_process=BUSINESS_PROCESS, specification=SPECIFICATION)
SELF_BILLED = ProcessControl(business_process=SELF_BILLING_PROCESS, specification=SELF_BILLING)
GERMAN = ProcessControl(business_process=BUSINESS_PROCESS, specification=XRECHNUNG)

# What is written into BG-2: the invoice, what it becomes.
PROCESSES = [
    (sample_invoice(process=None), PEPPOL),
    (sample_credit_note(process=None), PEPPOL),
    # the buyer writes the invoice
    (sample_invoice(process=None, type_code="389"), SELF_BILLED),
    (sample_credit_note(process=None, type_code="261"), SELF_BILLED),
    # what the invoice says stays
    (sample_invoice(process=ProcessControl(specification=XRECHNUNG)), GERMAN),
]


@pytest.mark.parametrize(("invoice", "process"), PROCESSES)
def test_what_the_invoice_does_not_say_is_that_of_peppol(invoice: Invoice, process: ProcessControl) -> None:
    assert process_of(invoice) == process


def test_an_option_puts_its_own_words_in() -> None:
    german = sample_invoice(process=ProcessControl(specification=XRECHNUNG))
    assert process_of(german, specification=SPECIFICATION) == PEPPOL
    assert process_of(sample_invoice(process=None), specification=XRECHNUNG) == GERMAN
    other = process_of(sample_invoice(), business_process="urn:peppol:bis:billing_with_response")
    assert other == ProcessControl(business_process="urn:peppol:bis:billing_with_response", specification=SPECIFICATION)


# Which profile a specification identifier claims.
@pytest.mark.parametrize(
    ("specification", "profile"),
    [
        (SPECIFICATION, "peppol-bis-3"),
        (f"{SPECIFICATION}#conformant#urn:example", "peppol-bis-3"),
        (SELF_BILLING, "peppol-bis-3-self-billing"),
        (XRECHNUNG, "xrechnung"),
        (f"{XRECHNUNG}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0", "xrechnung"),
        ("urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_2.0", "xrechnung"),
        ("urn:cen.eu:en16931:2017", None),
        (None, None),
    ],
)
def test_a_document_claims_at_most_one_profile(specification: str | None, profile: str | None) -> None:
    invoice = Invoice(process=ProcessControl(specification=specification))
    assert [one.name for one in PROFILES if one.recognises(invoice)] == ([profile] if profile else [])
