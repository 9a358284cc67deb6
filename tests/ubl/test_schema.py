"""The schema of UBL 2.1 on bytes: lxml first, xmlschema last."""

import pytest

from formats.ubl import schema
from formats.ubl.verdict import check_bytes
from formats.ubl.writer import write
from tests.samples import sample_credit_note, sample_invoice

TOTALS = "/Invoice/cac:LegalMonetaryTotal"
INVOICE = write(sample_invoice()).content

# Damage that a schema must see: what, what it is replaced with, the line and the place of the finding.
DAMAGE = [
    # an element that UBL does not know
    (b"<cbc:ID>2026-0042</cbc:ID>", b"<cbc:Number>1</cbc:Number>", "/Invoice"),
    # an amount without its currency
    (b'<cbc:PayableAmount currencyID="EUR">', b"<cbc:PayableAmount>", f"{TOTALS}/cbc:PayableAmount"),
    # a day that is none
    (b"2026-03-02</cbc:IssueDate>", b"2026-13-02</cbc:IssueDate>", "/Invoice/cbc:IssueDate"),
    # a number with an exponent
    (b">100.44</cbc:TaxInclusiveAmount>", b">1E2</cbc:TaxInclusiveAmount>", f"{TOTALS}/cbc:TaxInclusiveAmount"),
]  # fmt: skip


@pytest.mark.parametrize("content", [INVOICE, write(sample_credit_note()).content], ids=["invoice", "credit note"])
def test_what_we_write_is_valid(content: bytes) -> None:
    report = check_bytes(content)
    assert report.is_valid
    assert [(one.name, one.checks) for one in report.applied] == [("UBL 2.1 XSD", 1)]


@pytest.mark.parametrize(("what", "instead", "where"), DAMAGE)
def test_damage_is_found_with_its_place(what: bytes, instead: bytes, where: str) -> None:
    assert what in INVOICE
    content = INVOICE.replace(what, instead, 1)
    report = check_bytes(content)
    assert not report.is_valid
    (finding,) = report.findings
    line = 2 if where == "/Invoice" else content[: content.index(instead)].count(b"\n") + 1
    assert (finding.id, finding.where) == ("XSD-UBL", f"line {line}, {where}")


def test_blanks_around_a_date_are_lawful_although_lxml_refuses_them() -> None:
    content = INVOICE.replace(b"<cbc:IssueDate>", b"<cbc:IssueDate>\n ")
    assert check_bytes(content).is_valid


def test_the_slow_schema_is_not_built_for_a_valid_document(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(kind: str) -> None:
        raise AssertionError(f"built for {kind}")

    monkeypatch.setattr(schema, "_slow_schema", build)
    assert check_bytes(INVOICE).is_valid


def test_a_broken_document_does_not_make_a_list_without_end() -> None:
    content = INVOICE.replace(b"</Invoice>", b"<cac:InvoiceLine/>" * 500 + b"</Invoice>")
    assert 1 <= len(check_bytes(content).findings) <= schema.MAX_FINDINGS
