"""Check digits of Italian fiscal identifiers: wrong ones are a warning under the code of the register that knows."""

import pytest

from formats.checking import Severity
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.sdi_identifiers import _is_possible
from formats.fatturapa.writer import write
from tests.fatturapa.simple import simplified_invoice
from tests.samples import sample_italian_invoice

CODES = [
    # code, whether it may be a VAT number, whether it may be a fiscal code
    ("01234560157", True, True),
    ("12345670017", True, True),
    ("01234560158", False, False),  # wrong check digit
    ("10234560157", False, False),  # two digits swapped
    ("00000000000", False, False),
    ("0123456015", False, False),
    ("012345601570", False, False),
    ("RSSMRA80A01H501U", False, True),
    ("RSSMRA80A01H501V", False, False),  # wrong check character
    ("RSSMRA80A01H50MM", False, True),  # a letter in the place of a digit, where two people would have one code
    ("RSSMRA80A32H501C", False, False),  # no such day
    ("rssmra80a01h501u", False, True),
    ("٠١٢٣٤٥٦٠١٥٧", False, False),
]


@pytest.mark.parametrize(("code", "as_vat_number", "as_fiscal_code"), CODES)
def test_check_digits(code: str, as_vat_number: bool, as_fiscal_code: bool) -> None:
    assert _is_possible(code, is_vat_number=True) is as_vat_number
    assert _is_possible(code, is_vat_number=False) is as_fiscal_code


PLAIN = write(sample_italian_invoice()).content
SELLER = b"<CedentePrestatore>\n      <DatiAnagrafici>\n        <IdFiscaleIVA>"
REPRESENTATIVE = (
    b"<RappresentanteFiscale><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234560158</IdCodice>"
    b"</IdFiscaleIVA><CodiceFiscale>01234560158</CodiceFiscale><Anagrafica><Denominazione>Studio</Denominazione>"
    b"</Anagrafica></DatiAnagrafici></RappresentanteFiscale><CessionarioCommittente>"
)
WRONG = [
    # what is written over in a good file -> the warnings
    (b">12345670017<", b">12345670018<", {"00305"}),
    (b">01234560157<", b">01234560158<", {"00300", "00301"}),
    (b"</IdFiscaleIVA>\n      <Anagrafica>\n        <Denominazione>Officine",
     b"</IdFiscaleIVA><CodiceFiscale>01234560158</CodiceFiscale><Anagrafica><Denominazione>Officine", {"00302"}),
    (b"</IdFiscaleIVA>\n      <Anagrafica>\n        <Denominazione>Cantina",
     b"</IdFiscaleIVA><CodiceFiscale>RSSMRA80A01H501V</CodiceFiscale><Anagrafica><Denominazione>Cantina", {"00306"}),
    (b"<CessionarioCommittente>", REPRESENTATIVE, {"00303", "00304"}),
    (b"<IdPaese>IT</IdPaese>\n        <IdCodice>12345670017<", b"<IdPaese>FR</IdPaese><IdCodice>12345670018<", set()),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), WRONG)
def test_a_wrong_check_digit_is_a_warning_with_its_place(old: bytes, new: bytes, expected: set[str]) -> None:
    assert old in PLAIN
    report = check_bytes(PLAIN.replace(old, new))
    assert report.is_valid
    assert {one.id for one in report.findings} == expected
    for one in report.findings:
        assert one.severity is Severity.WARNING
        assert one.values["code"] in one.message
        assert one.where.startswith("line ")


def test_a_simplified_invoice_is_looked_at_too() -> None:
    assert check_bytes(simplified_invoice()).findings == ()
    wrong = simplified_invoice().replace(b"12345670017", b"12345670018").replace(b"01234560157", b"01234560158")
    assert {one.id for one in check_bytes(wrong).findings} == {"00300", "00301", "00306"}
