"""What is read of FatturaPA files: real ones, several invoices in one, other encodings, and files that are damaged."""

import datetime
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from formats import xml
from formats.checking import CHECK_FAILED, Severity
from formats.contract import CannotWrite, Reading
from formats.en16931 import Identifier, Invoice, ItalianInvoice, PensionFund
from formats.en16931.terms import values_of
from formats.fatturapa import FORMAT
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.elements import form_of
from formats.fatturapa.reader import read, recognises
from formats.fatturapa.schema import errors_of
from formats.fatturapa.writer import write
from tests.corpus import document, documents
from tests.fatturapa.italian import italian
from tests.fatturapa.mutated import damaged
from tests.fatturapa.said import invented_values, lost_values
from tests.samples import sample_italian_invoice


def only_reading(content: bytes) -> Reading:
    """The one invoice of a file."""
    (reading,) = read(content)
    return reading


def only_invoice(content: bytes) -> Invoice:
    """The same, which must be readable."""
    invoice = only_reading(content).invoice
    assert invoice is not None
    return invoice


SAMPLE = write(sample_italian_invoice()).content


# --- real documents ---


def test_every_valid_document_is_read_and_written_back_as_a_valid_one(shared: Path) -> None:
    """And what is read of the second is what was read of the first, but for what the writer names."""
    count = 0
    for path in [*documents(shared, "fatturapa"), *documents(shared, "fatturapa", "*.p7m")]:
        content = path.read_bytes()
        if not check_bytes(content).is_valid:
            continue
        for reading in read(content):
            assert reading.invoice is not None, path.name
            written = write(reading.invoice)
            assert check_bytes(written.content).is_valid, path.name
            again = only_reading(written.content)
            assert lost_values(reading.invoice, written, again) == {}, path.name
            assert invented_values(reading.invoice, written, again) == {}, path.name
            count += 1
    assert count > 60


def test_what_a_valid_document_says_is_enough_for_its_profile(shared: Path) -> None:
    (profile,) = FORMAT.profiles
    for path in documents(shared, "fatturapa"):
        if check_bytes(path.read_bytes()).is_valid:
            for reading in read(path.read_bytes()):
                assert reading.invoice is not None, path.name
                assert profile.check(reading).fatal == (), path.name


def test_no_real_document_makes_the_reader_fail(shared: Path) -> None:
    for path in [*documents(shared, "fatturapa"), *documents(shared, "fatturapa", "*.p7m")]:
        readings = list(read(path.read_bytes()))
        assert readings, path.name
        for reading in readings:
            assert reading.invoice is not None or reading.findings, path.name


def test_the_official_example_is_read_as_it_says(shared: Path) -> None:
    reading = only_reading(document(shared, "fatturapa/official-examples/IT01234567890_FPR01.xml"))
    invoice = reading.invoice
    assert invoice is not None
    assert (invoice.number, invoice.type_code, invoice.currency) == ("123", "380", "EUR")
    assert invoice.seller is not None
    assert invoice.seller.vat_identifier == "IT01234567890"
    assert [line.vat.rate for line in invoice.lines if line.vat] == [Decimal(22)]
    assert {one.severity for one in reading.findings} == {Severity.INFORMATION}


# --- places ---


def test_every_value_has_a_place_in_the_file_or_says_how_it_was_computed() -> None:
    reading = only_reading(SAMPLE)
    assert reading.invoice is not None
    for path, _, _ in values_of(reading.invoice):
        if path.endswith(("IT-2", "IT-41")):
            continue  # No is said by leaving the element out
        place = reading.provenance.place_of(path)
        assert place is not None, path
        assert place.computed or (place.line and place.xpath), path
    place = reading.provenance.place_of("BG-25[1]/BT-131")
    assert str(place).endswith("/FatturaElettronicaBody/DatiBeniServizi/DettaglioLinee/PrezzoTotale")
    assert place is not None
    assert place.line is not None
    assert SAMPLE.splitlines()[place.line - 1].strip() == b"<PrezzoTotale>59.70</PrezzoTotale>"


def test_an_element_without_a_term_is_named_once_with_its_place() -> None:
    vehicle = b"<DatiVeicoli><Data>2026-01-01</Data><TotalePercorso>9 km</TotalePercorso></DatiVeicoli>"
    reading = only_reading(SAMPLE.replace(b"  <DatiPagamento>", vehicle + b"  <DatiPagamento>"))
    assert [(one.id, one.severity) for one in reading.findings] == [
        ("GW-FATTURAPA-NOT-CARRIED", Severity.INFORMATION),
        ("GW-FATTURAPA-NOT-CARRIED", Severity.INFORMATION),
    ]
    assert "9 km" in reading.findings[1].message
    assert reading.findings[1].where.endswith("DatiVeicoli/TotalePercorso")


# --- several invoices, other encodings ---


def test_each_body_of_a_file_is_an_invoice_of_its_own() -> None:
    start, end = SAMPLE.index(b"<FatturaElettronicaBody>"), SAMPLE.index(b"</p:FatturaElettronica>")
    second = SAMPLE[start:end].replace(b"2026-0042", b"2026-0043").replace(b"<Data>2026-03-02", b"<Data>yesterday")
    first, other = read(SAMPLE[:end] + second + SAMPLE[end:])
    assert first.invoice is not None
    assert other.invoice is not None
    assert (first.invoice.number, other.invoice.number) == ("2026-0042", "2026-0043")
    assert first.invoice.seller == other.invoice.seller
    assert first.findings == ()
    (finding,) = other.findings
    assert (finding.id, finding.path, finding.severity) == ("GW-FATTURAPA-DATE", "BT-2", Severity.FATAL)
    assert "FatturaElettronicaBody[2]" in finding.where


@pytest.mark.parametrize("encoding", ["windows-1252", "iso-8859-1", "utf-8", "utf-16"])
def test_the_encoding_that_a_file_declares_is_read(encoding: str) -> None:
    text = SAMPLE.decode().replace("Hand drill", "Così è più").replace('"UTF-8"', f'"{encoding}"')
    invoice = only_invoice(text.encode(encoding))
    assert invoice.lines[0].item is not None
    assert invoice.lines[0].item.name == "Così è più"


def test_each_invoice_of_several_has_bytes_of_its_own_with_its_lines_where_they_were() -> None:
    start, end = SAMPLE.index(b"<FatturaElettronicaBody>"), SAMPLE.index(b"</p:FatturaElettronica>")
    second = SAMPLE[start:end].replace(b"2026-0042", b"2026-0043").replace(b"<Imposta>13.13", b"<Imposta>13.33")
    whole = SAMPLE[:end] + second + SAMPLE[end:]
    first, other = read(whole)
    assert check_bytes(first.source).is_valid
    (finding,) = check_bytes(other.source).findings
    (same,) = check_bytes(whole).findings
    assert finding.id == same.id == "00421"
    assert finding.where.partition(",")[0] == same.where.partition(",")[0]
    (alone,) = read(other.source)
    assert alone.invoice == other.invoice
    assert only_reading(SAMPLE).source == b""


def test_a_number_that_stands_twice_in_a_file_refuses_the_second_invoice_alone() -> None:
    start, end = SAMPLE.index(b"<FatturaElettronicaBody>"), SAMPLE.index(b"</p:FatturaElettronica>")
    first, other = read(SAMPLE[:end] + SAMPLE[start:end] + SAMPLE[end:])
    assert first.findings == ()
    assert [one.id for one in other.findings] == ["00409"]


def test_a_byte_order_mark_does_no_harm() -> None:
    assert only_invoice(b"\xef\xbb\xbf" + SAMPLE) == only_invoice(SAMPLE)


# --- what the elements mean ---


def test_marks_mean_nothing_in_a_document_that_somebody_else_wrote() -> None:
    theirs = SAMPLE.replace(b'SistemaEmittente="EIGATEWAY"', b'SistemaEmittente="ALTRO"')
    line = (
        b"<AltriDatiGestionali><TipoDato>BT-151</TipoDato><RiferimentoTesto>O</RiferimentoTesto></AltriDatiGestionali>"
    )
    marked = (b"</AliquotaIVA>\n    </DettaglioLinee>", b"</AliquotaIVA>" + line + b"</DettaglioLinee>")
    ours, foreign = only_invoice(SAMPLE.replace(*marked)), only_invoice(theirs.replace(*marked))
    assert [one.vat.category for one in (*ours.lines, *foreign.lines) if one.vat] == ["O", "S"]
    item = foreign.lines[0].item
    assert item is not None
    assert [(one.name, one.value) for one in item.attributes] == [("BT-151", "O")]


ADJUSTED = [
    # ScontoMaggiorazione, PrezzoUnitario, PrezzoTotale of 2 pieces -> price, discount, charges, allowances, quantity
    ("", "10.00", "20.00", ("10", None, [], [], "2")),
    ("SC 10%", "10.00", "18.00", ("9", "1", [], [], "2")),
    ("SC 1.00", "10.00", "18.00", ("9", "1", [], [], "2")),
    ("SC 10% SC 10%", "10.00", "16.20", ("8.1", "1.9", [], [], "2")),  # one after the other
    ("SC 10% SC 10%", "10.00", "16.00", ("8", "2", [], [], "2")),  # both of the full price
    ("MG 1.00", "10.00", "22.00", ("10", None, ["2"], [], "2")),  # EN 16931 has no surcharge on a price
    ("", "-10.00", "-20.00", ("10", None, [], [], "-2")),  # nor a negative price (BR-27)
    ("MG 1.00", "-10.00", "-18.00", ("9", "1", [], [], "-2")),
    ("SC 1.00", "-10.00", "-22.00", ("10", None, [], ["2"], "-2")),
]


@pytest.mark.parametrize(("adjustments", "price", "total", "expected"), ADJUSTED)
def test_discounts_and_signs_are_read_as_en_16931_has_them(
    adjustments: str, price: str, total: str, expected: tuple[str, str | None, list[str], list[str], str]
) -> None:
    words = adjustments.split()
    blocks = "".join(
        f"<ScontoMaggiorazione><Tipo>{kind}</Tipo>"
        + (f"<Percentuale>{value[:-1]}.00</Percentuale>" if value.endswith("%") else f"<Importo>{value}</Importo>")
        + "</ScontoMaggiorazione>"
        for kind, value in zip(words[::2], words[1::2], strict=True)
    )
    content = (
        SAMPLE.decode()
        .replace("EIGATEWAY", "ALTRO")
        .replace("<Quantita>3.00<", "<Quantita>2.00<")
        .replace(">19.90</PrezzoUnitario>", f">{price}</PrezzoUnitario>{blocks}")
        .replace("<PrezzoTotale>59.70<", f"<PrezzoTotale>{total}<")
    )
    (line,) = only_invoice(content.encode()).lines
    net, discount, charges, allowances, quantity = expected
    assert line.price is not None
    assert line.price.net == Decimal(net)
    assert line.price.discount == (None if discount is None else Decimal(discount))
    assert [one.amount for one in line.charges] == list(map(Decimal, charges))
    assert [one.amount for one in line.allowances] == list(map(Decimal, allowances))
    assert line.quantity == Decimal(quantity)


def test_a_contribution_to_a_pension_fund_is_a_charge_as_well(shared: Path) -> None:
    reading = only_reading(document(shared, "fatturapa/official-examples/IT01234567890_FPA01.xml"))
    content = SAMPLE.replace(
        b"<ImportoTotaleDocumento>",
        b"<DatiCassaPrevidenziale><TipoCassa>TC04</TipoCassa><AlCassa>4.00</AlCassa><ImportoContributoCassa>2.39"
        b"</ImportoContributoCassa><AliquotaIVA>22.00</AliquotaIVA></DatiCassaPrevidenziale><ImportoTotaleDocumento>",
    )
    assert reading.invoice is not None
    invoice = only_invoice(content)
    assert invoice.italy is not None
    fund = PensionFund(kind="TC04", rate=Decimal(4), amount=Decimal("2.39"), vat_rate=Decimal(22))
    assert invoice.italy.pension_funds == (fund,)
    (charge,) = invoice.charges
    assert (charge.amount, charge.percentage, charge.vat_category, charge.reason_code) == (
        Decimal("2.39"),
        Decimal(4),
        "S",
        "ZZZ",
    )
    assert invoice.totals is not None
    assert invoice.totals.without_vat == Decimal("62.09")


def test_a_line_without_quantity_is_one_of_something() -> None:
    content = SAMPLE.replace(b"<Quantita>3.00</Quantita>", b"").replace(b"<UnitaMisura>C62</UnitaMisura>", b"")
    reading = only_reading(content)
    assert reading.invoice is not None
    (line,) = reading.invoice.lines
    assert (line.quantity, line.unit) == (Decimal(1), "C62")
    assert reading.provenance.is_computed("BG-25[1]/BT-129")
    assert reading.provenance.is_computed("BG-25[1]/BT-130")


@pytest.mark.parametrize(
    ("written", "unit"), [("PZ", "C62"), ("nr.", "C62"), ("Kg", "KGM"), ("ORE", "HUR"), ("XYZ", "XYZ")]
)
def test_the_units_of_others_are_translated(written: str, unit: str) -> None:
    content = SAMPLE.replace(b"EIGATEWAY", b"ALTRO").replace(b">C62<", f">{written}<".encode())
    assert only_invoice(content).lines[0].unit == unit


def test_a_total_with_more_than_two_decimals_is_rounded_and_says_so() -> None:
    content = SAMPLE.replace(b"<PrezzoTotale>59.70<", b"<PrezzoTotale>59.69999<")
    reading = only_reading(content)
    assert reading.invoice is not None
    assert reading.invoice.lines[0].net_amount == Decimal("59.70")
    assert reading.provenance.is_computed("BG-25[1]/BT-131")


def test_placeholders_for_a_missing_vat_number_are_not_read() -> None:
    for number in (b"0000000", b"OO99999999999", b"99999999999"):
        abroad = b"<IdPaese>US</IdPaese>\n        <IdCodice>" + number
        invoice = only_invoice(SAMPLE.replace(b"<IdPaese>IT</IdPaese>\n        <IdCodice>12345670017", abroad))
        assert invoice.buyer is not None
        assert invoice.buyer.vat_identifier is None


def test_a_person_is_read_by_first_and_last_name() -> None:
    content = SAMPLE.replace(
        b"<Denominazione>Cantina Rivalta S.p.A.</Denominazione>", b"<Nome>Maria</Nome><Cognome>Rossi</Cognome>"
    )
    invoice = only_invoice(content)
    assert invoice.buyer is not None
    assert invoice.buyer.name == "Maria Rossi"


@pytest.mark.parametrize(
    ("code", "address"),
    [
        ("ABC123", Identifier("ABC123", "0201")),
        ("ABC1234", Identifier("ABC1234", "0205")),
        ("0000000", None),
        ("XXXXXXX", None),
    ],
)
def test_the_recipient_code_is_the_buyers_electronic_address(code: str, address: Identifier | None) -> None:
    invoice = only_invoice(SAMPLE.replace(b">ABC1234<", f">{code}<".encode()))
    assert invoice.buyer is not None
    assert invoice.buyer.electronic_address == address
    assert invoice.italy is not None
    assert invoice.italy.recipient_code == code


def test_withholdings_and_split_payment_do_not_lower_what_is_due() -> None:
    invoice = italian(italy=ItalianInvoice(document_type="TD01", recipient_code="ABC1234", split_payment=True))
    read_again = only_invoice(write(invoice).content)
    assert read_again.totals is not None
    assert (read_again.totals.with_vat, read_again.totals.paid, read_again.totals.due) == (
        Decimal("72.83"),
        None,
        Decimal("72.83"),
    )


def test_what_was_paid_before_is_what_is_no_longer_asked_for() -> None:
    content = SAMPLE.replace(b"<ImportoPagamento>72.83<", b"<ImportoPagamento>50.00<")
    totals = only_invoice(content).totals
    assert totals is not None
    assert (totals.paid, totals.due) == (Decimal("22.83"), Decimal("50.00"))


# --- files that are damaged ---

DAMAGED = [
    # what is written over -> the finding; the rest is read
    (b"<PrezzoTotale>59.70<", b"<PrezzoTotale>59,70<", "GW-FATTURAPA-NUMBER", "BG-25[1]/BT-131"),
    (b"<Quantita>3.00<", b"<Quantita>1e3<", "GW-FATTURAPA-NUMBER", "BG-25[1]/BT-129"),
    (b"<Quantita>3.00<", "<Quantita>٣<".encode(), "GW-FATTURAPA-NUMBER", "BG-25[1]/BT-129"),
    (b"<Quantita>3.00<", b"<Quantita>" + b"9" * 60 + b"<", "GW-FATTURAPA-NUMBER", "BG-25[1]/BT-129"),
    (b"<DataScadenzaPagamento>2026-04-01<", b"<DataScadenzaPagamento>1.4.26<", "GW-FATTURAPA-DATE", "BT-9"),
]


@pytest.mark.parametrize(("old", "new", "finding_id", "path"), DAMAGED)
def test_a_value_that_cannot_be_read_is_a_finding_and_the_rest_is_read(
    old: bytes, new: bytes, finding_id: str, path: str
) -> None:
    assert old in SAMPLE
    reading = only_reading(SAMPLE.replace(old, new))
    assert [(one.id, one.path) for one in reading.findings] == [(finding_id, path)]
    assert reading.findings[0].where
    assert reading.invoice is not None
    assert reading.invoice.issue_date == datetime.date(2026, 3, 2)


REFUSED = [
    (b"", "GW-XML-SYNTAX"),
    (SAMPLE[:500], "GW-XML-SYNTAX"),  # cut off
    (b"numero;data;importo\n1;2;3\n", "GW-XML-SYNTAX"),
    (SAMPLE.replace(b"?>", b'?><!DOCTYPE a SYSTEM "http://party.example/a">', 1), "GW-XML-DOCTYPE"),
    (SAMPLE.replace(b"fatture/v1.2", b"fatture/v9"), "GW-FATTURAPA-ROOT"),
    (b'<p:FatturaElettronica xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"/>', "00200"),
    (bytes.fromhex("3080 0609 2a864886f70d010702 a080 3080"), "GW-FATTURAPA-P7M"),
]


@pytest.mark.parametrize(("content", "finding_id"), REFUSED)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(content: bytes, finding_id: str) -> None:
    reading = only_reading(content)
    assert reading.invoice is None
    (finding,) = reading.findings
    assert finding.id == finding_id
    assert finding.message
    assert finding.fix


def test_whatever_is_damaged_is_read_and_what_is_written_of_it_conforms(shared: Path) -> None:
    dice = random.Random(2026)
    written_anyway = 0
    for path in documents(shared, "fatturapa"):
        try:
            root = xml.parse(path.read_bytes())
        except xml.XmlRefused:
            continue
        for _ in range(2 if form_of(str(root.tag)) else 0):
            content = etree.tostring(damaged(damaged(root, dice), dice))
            assert CHECK_FAILED not in {one.id for one in check_bytes(content).findings}
            for reading in read(content):
                try:
                    written = write(reading.invoice or Invoice())
                except CannotWrite:
                    continue
                written_anyway += 1
                assert not list(errors_of(xml.parse(written.content))), written.content.decode()
    assert written_anyway > 50


def test_an_attachment_that_is_no_base64_is_a_finding() -> None:
    file = b"<Allegati><NomeAttachment>a.pdf</NomeAttachment><Attachment>!!</Attachment></Allegati>"
    reading = only_reading(SAMPLE.replace(b"</FatturaElettronicaBody>", file + b"</FatturaElettronicaBody>"))
    assert [one.id for one in reading.findings] == ["GW-FATTURAPA-BASE64"]


# --- recognising ---


def test_the_format_recognises_its_own_files_alone(shared: Path) -> None:
    assert recognises(SAMPLE)
    assert not recognises(b"<Invoice/>")
    assert not recognises(b"numero;data")
    assert not recognises(b"")
    found = Counter(recognises(path.read_bytes()) for path in documents(shared, "fatturapa"))
    assert found[True] > 60
    assert not any(recognises(path.read_bytes()) for path in documents(shared, "sdi-messages"))
    assert not any(recognises(path.read_bytes()) for path in documents(shared, "peppol-examples"))


def test_an_invoice_that_was_read_claims_the_profile_and_others_do_not() -> None:
    (profile,) = FORMAT.profiles
    assert profile.recognises(only_invoice(SAMPLE))
    assert not profile.recognises(sample_italian_invoice())  # claims Peppol BIS
    assert not profile.recognises(Invoice())
