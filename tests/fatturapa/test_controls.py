"""The controls of SDI: each is broken by one small damage to a good file, and by nothing else."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from formats.checking import Severity
from formats.en16931 import (
    AllowanceCharge,
    Identifier,
    Invoice,
    ItalianInvoice,
    ItalianLine,
    LineAllowanceCharge,
    PensionFund,
    PrecedingInvoice,
    Withholding,
)
from formats.explanations import LANGUAGES, explain
from formats.fatturapa.checks import SDI_CONTROLS, check_bytes
from formats.fatturapa.sdi_head import MOST_BYTES
from formats.fatturapa.sdi_identifiers import IDENTIFIER_CONTROLS
from formats.fatturapa.writer import write
from tests.corpus import document, verdicts
from tests.fatturapa.italian import italian, italian_line, replace, with_italy
from tests.fatturapa.simple import simplified_invoice
from tests.samples import ITALIAN_BUYER, sample_italian_invoice
from tests.sums import summed_up

FUND = PensionFund(kind="TC04", rate=Decimal(4), amount=Decimal("2.39"), base=Decimal("59.70"), vat_rate=Decimal(22))
WITHHOLDING = Withholding(kind="RT02", amount=Decimal("11.94"), rate=Decimal(20), payment_reason="A")
CONTRIBUTION = AllowanceCharge(
    amount=Decimal("2.39"), vat_category="S", vat_rate=Decimal(22), reason="Cassa", reason_code="ZZZ"
)

PLAIN = sample_italian_invoice()
EXEMPT = italian(lines=(italian_line("E", "0", italy=ItalianLine(nature="N4")),))
REVERSE = italian(lines=(italian_line("AE", "0", italy=ItalianLine(nature="N6.9")),))
DISCOUNTED = italian(lines=(italian_line(allowances=(LineAllowanceCharge(amount=Decimal("3.00"), reason="Sconto"),)),))
FUNDED = summed_up(replace(with_italy(pension_funds=(FUND,)), charges=(CONTRIBUTION,)))
WITHHELD = replace(with_italy(withholdings=(WITHHOLDING,)), lines=(italian_line(italy=ItalianLine(withheld=True)),))
CORRECTING = italian(
    type_code="381",
    preceding_invoices=(PrecedingInvoice(number="2026-0041", issue_date=datetime.date(2026, 2, 1)),),
    italy=ItalianInvoice(document_type="TD04", recipient_code="ABC1234"),
)
PUBLIC = italian(
    buyer=replace(ITALIAN_BUYER, electronic_address=Identifier("ABC123", "0201")),
    italy=ItalianInvoice(document_type="TD01"),
)

FUND_VAT = b"<ImponibileCassa>59.70</ImponibileCassa>\n        <AliquotaIVA>22.00</AliquotaIVA>"
SUMMARY_VAT = b"<DatiRiepilogo>\n      <AliquotaIVA>22.00</AliquotaIVA>"
SUMMARY_EXEMPT = b"<AliquotaIVA>0.00</AliquotaIVA>\n      <Natura>N4</Natura>\n      <ImponibileImporto>"
LINE_VAT = b"</PrezzoTotale>\n      <AliquotaIVA>22.00</AliquotaIVA>"
LINE_NATURE = b"<Natura>N4</Natura>\n    </DettaglioLinee>"
SELLER_VAT = (
    b"<IdPaese>IT</IdPaese>\n        <IdCodice>01234560157</IdCodice>\n      </IdFiscaleIVA>\n      <Anagrafica>"
)
BUYER_VAT = b"<IdPaese>IT</IdPaese>\n        <IdCodice>12345670017</IdCodice>"
CASCADE = (
    b"<Tipo>SC</Tipo><Percentuale>10.00</Percentuale></ScontoMaggiorazione>"
    b"<ScontoMaggiorazione><Tipo>SC</Tipo><Percentuale>10.00</Percentuale>"
)
NEW_SUMMARY = (
    b"<DatiRiepilogo><AliquotaIVA>4.00</AliquotaIVA><ImponibileImporto>0.00</ImponibileImporto>"
    b"<Imposta>0.00</Imposta></DatiRiepilogo><DatiRiepilogo>"
)
BUYER_NAME = b"</IdFiscaleIVA>\n      <Anagrafica>\n        <Denominazione>Cantina"
SELLER_NAME = BUYER_NAME.replace(b"Cantina", b"Officine")
OTHER_MEMBER = SELLER_NAME.replace(b"<Anagrafica>", b"<CodiceFiscale>11223344554</CodiceFiscale><Anagrafica>")
GROUP_MEMBER = BUYER_NAME.replace(b"<Anagrafica>", b"<CodiceFiscale>98765432103</CodiceFiscale><Anagrafica>")
BUYER_FISCAL = b"<IdFiscaleIVA>\n        " + BUYER_VAT + b"\n      </IdFiscaleIVA>\n      <Anagrafica>"
ABROAD = b"<IdPaese>FR</IdPaese>\n        <IdCodice>11123456782</IdCodice>"
TYPE = b"<TipoDocumento>TD01</TipoDocumento>"
DISCOUNT = b"<Tipo>SC</Tipo>\n        <Importo>1.00</Importo>"

Damage = tuple[bytes, bytes]

# control, the good invoice, what is written over in its file -> every control that this breaks
BROKEN: list[tuple[str, Invoice, list[Damage], set[str]]] = [
    # XXXXXXX is for buyers abroad
    ("00313", PLAIN, [(b">ABC1234<", b">XXXXXXX<")], {"00313"}),
    # a mailbox of SDI itself
    (
        "00330",
        PLAIN,
        [(b"</CodiceDestinatario>", b"</CodiceDestinatario><PECDestinatario>sdi01@pec.fatturapa.it</PECDestinatario>")],
        {"00330"},
    ),
    # rate 0 without nature, in the line
    ("00400", EXEMPT, [(LINE_NATURE, b"</DettaglioLinee>")], {"00400", "00444"}),
    # rate and nature, in the line
    ("00401", PLAIN, [(LINE_VAT, LINE_VAT + b"<Natura>N4</Natura>")], {"00401", "00444"}),
    # Ritenuta SI without DatiRitenuta, in the line
    ("00411", PLAIN, [(LINE_VAT, LINE_VAT + b"<Ritenuta>SI</Ritenuta>")], {"00411"}),
    # rate 0 without nature, in the fund
    ("00413", FUNDED, [(FUND_VAT, FUND_VAT.replace(b"22.00", b"0.00"))], {"00413", "00419", "00443", "00422"}),
    # rate and nature, in the fund
    ("00414", FUNDED, [(FUND_VAT, FUND_VAT + b"<Natura>N4</Natura>")], {"00414", "00444"}),
    # Ritenuta SI without DatiRitenuta, in the fund
    ("00415", FUNDED, [(FUND_VAT, FUND_VAT + b"<Ritenuta>SI</Ritenuta>")], {"00415"}),
    # a buyer without any identifier
    ("00417", PLAIN, [(BUYER_FISCAL, b"<Anagrafica>")], {"00417"}),
    # a credit note older than its invoice
    ("00418", CORRECTING, [(b"<Data>2026-02-01<", b"<Data>2026-03-03<")], {"00418"}),
    # a rate of the lines without summary, and one of the summary without lines
    ("00419", PLAIN, [(SUMMARY_VAT, SUMMARY_VAT.replace(b"22", b"10"))], {"00419", "00443", "00422", "00421"}),
    # reverse charge and split payment
    ("00420", REVERSE, [(b"</Imposta>", b"</Imposta><EsigibilitaIVA>S</EsigibilitaIVA>")], {"00420"}),
    # two cents too much
    ("00421", PLAIN, [(b"<Imposta>13.13<", b"<Imposta>13.15<")], {"00421"}),
    # more than a euro between lines and summary
    (
        "00422",
        PLAIN,
        [(b"<ImponibileImporto>59.70<", b"<ImponibileImporto>60.71<"), (b"<Imposta>13.13<", b"<Imposta>13.36<")],
        {"00422"},
    ),
    # two cents too much
    ("00423", PLAIN, [(b"<PrezzoTotale>59.70<", b"<PrezzoTotale>59.72<")], {"00423"}),
    # a fraction and not a percentage
    (
        "00424",
        PLAIN,
        [(b"<AliquotaIVA>22.00<", b"<AliquotaIVA>0.22<"), (b"<Imposta>13.13<", b"<Imposta>0.13<")],
        {"00424"},
    ),
    # a number without digits
    ("00425", PLAIN, [(b"<Numero>2026-0042<", b"<Numero>A-BC<")], {"00425"}),
    # a code of a public body in a private file, and the other way round
    ("00427", PLAIN, [(b">ABC1234<", b">ABC123<")], {"00427"}),
    ("00427", PUBLIC, [(b">ABC123<", b">ABC1234<")], {"00427"}),
    # two formats
    ("00428", PLAIN, [(b"<FormatoTrasmissione>FPR12<", b"<FormatoTrasmissione>FPA12<")], {"00428"}),
    # rate 0 without nature, in the summary
    (
        "00429",
        EXEMPT,
        [(SUMMARY_EXEMPT, SUMMARY_EXEMPT.replace(b"<Natura>N4</Natura>", b""))],
        {"00429", "00444"},
    ),
    # rate and nature, in the summary
    ("00430", PLAIN, [(SUMMARY_VAT, SUMMARY_VAT + b"<Natura>N4</Natura>")], {"00430", "00444"}),
    # a discount without value, of the document
    (
        "00437",
        PLAIN,
        [(b"<ImportoTotale", b"<ScontoMaggiorazione><Tipo>SC</Tipo></ScontoMaggiorazione><ImportoTotale")],
        {"00437"},
    ),
    # a discount without value, of a line
    ("00438", DISCOUNTED, [(DISCOUNT, b"<Tipo>SC</Tipo>")], {"00438", "00423"}),
    # a rate of the summary without lines
    (
        "00443",
        PLAIN,
        [(b"<DatiRiepilogo>", NEW_SUMMARY)],
        {"00443"},
    ),
    # another nature in the line than in the summary
    ("00444", EXEMPT, [(LINE_NATURE, LINE_NATURE.replace(b"N4", b"N2.1"))], {"00444"}),
    # a nature too general
    ("00445", EXEMPT, [(b"<Natura>N4<", b"<Natura>N2<")], {"00445"}),
    # an invoice to oneself
    ("00471", PLAIN, [(BUYER_VAT, BUYER_VAT.replace(b"12345670017", b"01234560157"))], {"00471"}),
    # a document to oneself that is to another
    ("00472", PLAIN, [(TYPE, TYPE.replace(b"TD01", b"TD27"))], {"00472"}),
    # a purchase from abroad of a seller in Italy
    ("00473", PLAIN, [(TYPE, TYPE.replace(b"TD01", b"TD17"))], {"00473"}),
    # a report of an Italian seller who is abroad
    (
        "00473",
        PLAIN,
        [(TYPE, TYPE.replace(b"TD01", b"TD29")), (SELLER_VAT, SELLER_VAT.replace(b"IT", b"FR"))],
        {"00473"},
    ),
    # exceeding the ceiling without VAT
    ("00474", EXEMPT, [(TYPE, TYPE.replace(b"TD01", b"TD21"))], {"00474", "00472"}),
    # the buyer integrates, and has no VAT number
    (
        "00475",
        PLAIN,
        [
            (TYPE, TYPE.replace(b"TD01", b"TD16")),
            (BUYER_FISCAL, b"<CodiceFiscale>RSSMRA80A01H501U</CodiceFiscale><Anagrafica>"),
        ],
        {"00475"},
    ),
    # nobody is in Italy
    ("00476", PLAIN, [(SELLER_VAT, SELLER_VAT.replace(b"IT", b"ES")), (BUYER_VAT, ABROAD)], {"00476"}),
]


def damaged(invoice: Invoice, damages: list[Damage]) -> bytes:
    """The file of an invoice with something written over; a damage that finds nothing to damage is a mistake."""
    content = write(invoice).content
    for old, new in damages:
        assert old in content, old.decode()
        content = content.replace(old, new)
    return content


@pytest.mark.parametrize(
    ("control", "invoice", "damages", "expected"),
    BROKEN,
    ids=[f"{row[0]}-{position}" for position, row in enumerate(BROKEN)],
)
def test_one_damage_breaks_the_control(
    control: str, invoice: Invoice, damages: list[Damage], expected: set[str]
) -> None:
    assert check_bytes(write(invoice).content).findings == ()
    report = check_bytes(damaged(invoice, damages))
    assert {one.id for one in report.fatal} == expected
    (first, *_) = [one for one in report.fatal if one.id == control]
    assert first.where.startswith("line ")
    for language in LANGUAGES:
        said = explain(control, first.values, language)
        assert "…" not in said.what + said.fix, language
    assert first.message == explain(control, first.values).what


def test_every_control_of_an_ordinary_file_has_been_broken() -> None:
    # Two invoices in a file, its size, simplified files and check digits have tests of their own.
    elsewhere = {"00003", "00409", "00460"} | {one.id for one in IDENTIFIER_CONTROLS}
    assert {row[0] for row in BROKEN} == SDI_CONTROLS.ids - elsewhere


def test_a_finding_names_the_values_and_the_place_in_the_invoice() -> None:
    (finding,) = check_bytes(damaged(PLAIN, [(b"<PrezzoTotale>59.70<", b"<PrezzoTotale>59.72<")])).findings
    assert finding.path == "BG-25[1]/BT-131"
    assert "59.72" in finding.message
    assert "59.7" in finding.message
    assert finding.where.endswith("/DettaglioLinee/PrezzoTotale")


def test_allowances_that_we_wrote_as_lines_are_named_by_their_own_group() -> None:
    allowance = AllowanceCharge(amount=Decimal(5), vat_category="S", vat_rate=Decimal(22), reason="Fedelta")
    content = write(italian(allowances=(allowance,))).content
    report = check_bytes(content.replace(b"<PrezzoTotale>-5.00<", b"<PrezzoTotale>-5.02<"))
    assert [one.path for one in report.findings] == ["BG-20[1]/BT-131"]


# --- tolerances and exceptions ---

TOLERATED = [
    # one cent in a tax, one in a line, a euro between lines and summary
    (PLAIN, [(b"<Imposta>13.13<", b"<Imposta>13.14<")]),
    (PLAIN, [(b"<PrezzoTotale>59.70<", b"<PrezzoTotale>59.71<")]),
    (PLAIN, [(b"<ImponibileImporto>59.70<", b"<ImponibileImporto>60.70<"), (b"<Imposta>13.13<", b"<Imposta>13.35<")]),
    # the total of the document is not SDI's business
    (PLAIN, [(b"<ImportoTotaleDocumento>72.83<", b"<ImportoTotaleDocumento>99.00<")]),
    # TD16 may state rate and nature together
    (
        EXEMPT,
        [
            (TYPE, TYPE.replace(b"TD01", b"TD16")),
            (b"<AliquotaIVA>0.00<", b"<AliquotaIVA>22.00<"),
            (b"<Imposta>0.00<", b"<Imposta>13.13<"),
        ],
    ),
    # members of one VAT group differ in their fiscal codes
    (
        PLAIN,
        [
            (BUYER_VAT, BUYER_VAT.replace(b"12345670017", b"01234560157")),
            (BUYER_NAME, GROUP_MEMBER),
            (SELLER_NAME, OTHER_MEMBER),
        ],
    ),
    # percentages: one after the other, or both of the full price; an amount beside a percentage
    (
        DISCOUNTED,
        [
            (DISCOUNT, CASCADE),
            (b"<PrezzoTotale>56.70<", b"<PrezzoTotale>48.36<"),
            (b"<ImponibileImporto>56.70<", b"<ImponibileImporto>48.36<"),
            (b"<Imposta>12.47<", b"<Imposta>10.64<"),
        ],
    ),
    (
        DISCOUNTED,
        [
            (DISCOUNT, CASCADE),
            (b"<PrezzoTotale>56.70<", b"<PrezzoTotale>47.76<"),
            (b"<ImponibileImporto>56.70<", b"<ImponibileImporto>47.76<"),
            (b"<Imposta>12.47<", b"<Imposta>10.51<"),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("invoice", "damages"), TOLERATED)
def test_what_sdi_tolerates_is_no_finding(invoice: Invoice, damages: list[Damage]) -> None:
    assert check_bytes(damaged(invoice, damages)).findings == ()


def test_an_invoice_older_than_what_it_refers_to_is_a_warning() -> None:
    invoice = replace(CORRECTING, type_code="380", italy=ItalianInvoice(document_type="TD01", recipient_code="ABC1234"))
    (finding,) = check_bytes(damaged(invoice, [(b"<Data>2026-02-01<", b"<Data>2026-03-03<")])).findings
    assert (finding.id, finding.severity) == ("00418", Severity.WARNING)


def test_the_same_number_twice_in_a_file_is_refused_unless_one_is_a_credit_note() -> None:
    content = write(PLAIN).content
    start, end = content.index(b"<FatturaElettronicaBody>"), content.index(b"</p:FatturaElettronica>")
    body = content[start:end]
    assert {one.id for one in check_bytes(content[:end] + body + content[end:]).findings} == {"00409"}
    credit = body.replace(b"TD01", b"TD04")
    assert check_bytes(content[:end] + credit + content[end:]).findings == ()
    next_year = body.replace(b"<Data>2026", b"<Data>2027")
    assert check_bytes(content[:end] + next_year + content[end:]).findings == ()


def test_a_file_over_five_megabytes_is_refused() -> None:
    content = write(PLAIN).content
    padded = content + b" " * (MOST_BYTES - len(content))
    assert check_bytes(padded).findings == ()
    assert {one.id for one in check_bytes(padded + b" ").findings} == {"00003"}


# --- simplified invoices ---


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (simplified_invoice(), set()),
        (simplified_invoice("400.00"), set()),
        (simplified_invoice("400.01"), {"00460"}),
        (simplified_invoice("400.01", regime="RF19"), set()),  # flat-rate sellers have no limit
        (simplified_invoice(vat={"Aliquota": Decimal(0)}), {"00400"}),
        (simplified_invoice().replace(b"<CodiceFiscale>12345670017</CodiceFiscale>", b""), {"00417"}),
        (simplified_invoice().replace(b">S-1<", b">S<"), {"00425"}),
    ],
)
def test_simplified_invoices_have_controls_of_their_own(content: bytes, expected: set[str]) -> None:
    assert {one.id for one in check_bytes(content).findings} == expected


# --- real documents ---


def test_real_documents_that_the_schema_takes_break_no_control_but_the_known_ones(shared: Path) -> None:
    # Written for a public body with 0000000, which has seven characters.
    known = {f"fatturapa/gobl-{folder}/invoice-b2g.xml": {"00427"} for folder in ("convert/out", "parse")}
    # Test data in which the company sells to itself.
    known |= {
        f"fatturapa/{name}.xml": {"00471"}
        for name in (
            *(f"oca-out/IT03297040366_{number}" for number in ("00005", "00019")),
            *(f"oca-out/IT06363391001_{number}" for number in ("00002", "00003", "00014", "00015")),
            *(f"oca-out_di/IT06363391001_{number}" for number in ("00002", "00003")),
            "oca-out_sp/IT06363391001_00004",
        )
    }
    valid = [one for one in verdicts(shared, folders=("fatturapa/",)) if one.xsd]
    assert len(valid) > 50
    for one in valid:
        report = check_bytes(document(shared, one.path))
        assert {finding.id for finding in report.fatal} == known.get(one.path, set()), one.path


# --- what cannot be checked is not valid ---


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "00106"),
        (b"<a", "GW-XML-SYNTAX"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "GW-XML-DOCTYPE"),
        (b"<Invoice/>", "00200"),
        (bytes.fromhex("3080 0609 2a864886f70d010702 a080 3080"), "GW-FATTURAPA-P7M"),
    ],
)
def test_what_cannot_be_checked_is_not_valid(content: bytes, expected: str) -> None:
    report = check_bytes(content)
    assert not report.is_valid
    assert [one.id for one in report.findings] == [expected]
