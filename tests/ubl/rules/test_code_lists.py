"""Coded values are held against the lists that the official rules have, as strictly as they do and no stricter."""

import re

import pytest

from formats.en16931 import codes
from formats.explanations import entry_of
from formats.ubl.assertions import Failure, RuleSet
from formats.ubl.checks import code_lists
from formats.ubl.growing import grow
from tests import judge
from tests.ubl.fragments import ubl
from tests.ubl.rules.comparing import official_difference

RULES = RuleSet("codes", judge.VERSION, code_lists.PATTERNS)
OFFICIAL_LISTS = {
    "BR-CL-01": codes.INVOICE_TYPES,
    "BR-CL-04": codes.CURRENCIES,
    "BR-CL-06": codes.VAT_POINT_DATES,
    "BR-CL-07": codes.OBJECT_SCHEMES,
    "BR-CL-10": codes.IDENTIFIER_SCHEMES,
    "BR-CL-13": codes.ITEM_CLASSES,
    "BR-CL-14": codes.COUNTRIES,
    "BR-CL-16": codes.PAYMENT_MEANS,
    "BR-CL-17": codes.VAT_CATEGORIES,
    "BR-CL-19": codes.ALLOWANCE_REASONS,
    "BR-CL-20": codes.CHARGE_REASONS,
    "BR-CL-22": codes.EXEMPTION_REASONS,
    "BR-CL-23": codes.UNITS,
    "BR-CL-25": codes.ENDPOINT_SCHEMES,
}


def test_every_official_rule_is_there() -> None:
    assert RULES.ids == {one for one in judge.rules() if one.startswith("BR-CL-")}


def test_every_rule_has_words() -> None:
    assert [one for one in sorted(RULES.ids) if entry_of(one) is None] == []


@pytest.mark.parametrize("rule_id", OFFICIAL_LISTS)
def test_lists_are_those_of_the_release(rule_id: str) -> None:
    tests = re.findall(r'<xsl:when test="([^"]*)"', judge.stylesheet(judge.EN16931).partition(f"[{rule_id}]-")[0])
    (first, *_) = re.findall(r"contains\( ?' ([^']*) '", tests[-1])
    assert OFFICIAL_LISTS[rule_id] == frozenset(first.split())


def codes_to_try(allowed: frozenset[str]) -> list[str]:
    good = sorted(allowed)
    first, last = good[0], good[-1]
    return [first, last, f" {first} ", f"{first} {last}", first.lower(), f"{first}x", f"\u00a0{first}", "", " "]


@pytest.mark.parametrize("row", code_lists.TABLE, ids=lambda row: f"{row.id}-{row.names[0]}")
def test_each_row_of_the_table(row: code_lists.Coded) -> None:
    for position, name in enumerate(row.names):
        for code in codes_to_try(row.allowed) if position == 0 else ("", *sorted(row.allowed)[:1]):
            if row.attribute:
                elements = [f'<{name} {row.attribute}="{code}">1</{name}>', f"<{name}>1</{name}>"]
            else:
                elements = [f"<{name}>{code}</{name}>", f"<{name}>{code[:1]}<!-- cut -->{code[1:]}</{name}>"]
            for element in elements:
                inside = f"<{row.parent}>{element}</{row.parent}>" if row.parent else element
                assert official_difference(RULES, ubl(inside, f"<cac:Item>{inside}{element}</cac:Item>")) == ""


@pytest.mark.parametrize("code", ["", "AAA", " AAA ", "aaa", "AAA AAB", "130"])
def test_schemes_of_invoiced_objects(code: str) -> None:
    for types in (
        "",
        "<cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>",
        "<cbc:DocumentTypeCode> 130</cbc:DocumentTypeCode>",
    ):
        for name in ("AdditionalDocumentReference", "DocumentReference", "ContractDocumentReference"):
            inside = f'<cac:{name}><cbc:ID schemeID="{code}">1</cbc:ID><cbc:ID>2</cbc:ID>{types}</cac:{name}>'
            assert official_difference(RULES, ubl(inside)) == ""


@pytest.mark.parametrize(
    "note",
    [
        "no subject",
        "#AAI#text",
        "text #AAI# text",
        "#XXX#text",
        "#aai#text",
        "#AAI",
        "#AAIB#",
        "##",
        "#A#AAI#",
        # not three letters of one code, but three that the list has in a row
        "#A A#text",
        "#AA #text",
        "# AA#text",
        "#Z  #text",
        "#ZZ #text",
    ],
)
def test_subjects_of_notes(note: str) -> None:
    for root in ("Invoice", "CreditNote"):
        document = ubl(
            f"<cbc:Note>{note}</cbc:Note>", f"<cac:InvoiceLine><cbc:Note>{note}</cbc:Note></cac:InvoiceLine>", root=root
        )
        assert official_difference(RULES, document) == ""


@pytest.mark.parametrize("code", ["0088", " 0088 ", "88", "SEPA", " SEPA", "sepa", "", "0088 SEPA"])
def test_schemes_of_parties(code: str) -> None:
    inside = f'<cac:PartyIdentification><cbc:ID schemeID="{code}">1</cbc:ID><cbc:ID/></cac:PartyIdentification>'
    for around in ("AccountingSupplierParty", "AccountingCustomerParty", "PayeeParty", "Delivery"):
        assert official_difference(RULES, ubl(f"<cac:{around}><cac:Party>{inside}</cac:Party></cac:{around}>")) == ""
    assert official_difference(RULES, ubl(inside)) == ""


@pytest.mark.parametrize("code", ["95", " 95", "FC", "fc", "", "41 42"])
def test_reasons_of_allowances_and_charges(code: str) -> None:
    reason = f"<cbc:AllowanceChargeReasonCode>{code}</cbc:AllowanceChargeReasonCode>"
    for said in ("", *(f"<cbc:ChargeIndicator>{one}</cbc:ChargeIndicator>" for one in ("true", "false", "1", " 0 "))):
        part = f"<cac:AllowanceCharge>{said}{reason}</cac:AllowanceCharge>"
        for document in (ubl(part), ubl(f"<cac:Price>{part}</cac:Price>"), ubl(reason)):
            assert official_difference(RULES, document) == ""


@pytest.mark.parametrize("code", ["VATEX-EU-AE", "vatex-eu-ae", " Vatex-EU-AE ", "VATEX-EU", "", "AE"])
def test_reasons_of_exemption(code: str) -> None:
    assert official_difference(RULES, ubl(f"<cbc:TaxExemptionReasonCode>{code}</cbc:TaxExemptionReasonCode>")) == ""


@pytest.mark.parametrize("media_type", ["application/pdf", "application/PDF", " application/pdf", "text/xml", ""])
def test_media_types(media_type: str) -> None:
    name = "cbc:EmbeddedDocumentBinaryObject"
    assert official_difference(RULES, ubl(f'<{name} mimeCode="{media_type}">QQ==</{name}>', f"<{name}/>")) == ""


def failure(document: bytes) -> Failure:
    (found,) = RULES.failures_of(grow(document))
    return found


def test_a_code_in_small_letters_comes_with_the_right_one() -> None:
    found = failure(ubl("<cbc:DocumentCurrencyCode> eur </cbc:DocumentCurrencyCode>"))
    assert found.values == {"code": "eur", "proposed": "EUR"}


def test_for_a_code_that_is_none_nothing_is_proposed() -> None:
    assert failure(ubl("<cbc:TaxCurrencyCode>EURO</cbc:TaxCurrencyCode>")).values == {"code": "EURO"}
