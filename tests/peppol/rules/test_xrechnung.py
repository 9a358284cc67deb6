"""What XRechnung has beside the rules of Germany: ours say what the official ones say.

Each row: what is in the document, and which rules of its family fail (`?`: the official rules break).
"""

import pytest

from formats.explanations import entry_of
from formats.peppol.rules.countries import BUYER, SELLER
from formats.peppol.rules.germany import PEPPOL_NAMES
from formats.peppol.rules.xrechnung import XRECHNUNG
from formats.peppol.rules.xrechnung_identifiers import CVD_ID, EXTENSION_ID, XRECHNUNG_ID
from tests import judge
from tests.judges.sides import compare, found_by
from tests.peppol.rules.documents import XRECHNUNG_PAIR, every_blank_is_filled, fragment
from tests.peppol.rules.parties import el

HUF, EUR = (el("cbc:DocumentCurrencyCode", one) for one in ("HUF", "EUR"))


def charged(amount: str) -> str:
    said = {"ChargeIndicator": "true", "MultiplierFactorNumeric": "10", "Amount": amount, "BaseAmount": "10"}
    return el("cac:AllowanceCharge", *(el(f"cbc:{name}", value) for name, value in said.items()))


def line(net: str, *inside: str) -> str:
    return el("cac:InvoiceLine", el("cbc:LineExtensionAmount", net), *inside)


PERIOD = el("cac:InvoicePeriod/cbc:StartDate", "2026-01-01")
SHARED = [
    # half a forint, two cents of other currencies
    (HUF + charged("1.5"), ""),
    (HUF + charged("1.51"), "PEPPOL-EN16931-R040"),
    (EUR + charged("1.02"), ""),
    (EUR + charged("1.03"), "PEPPOL-EN16931-R040"),
    (EUR + HUF + line("0.5", PERIOD), ""),
    (line("0.5", PERIOD), "PEPPOL-EN16931-R120"),
    (line("0", PERIOD, el("cac:DocumentReference"), el("cac:DocumentReference")), "PEPPOL-EN16931-R101"),
    (el("cbc:CustomizationID", XRECHNUNG_ID), ""),
    (el("cbc:CustomizationID", f" {XRECHNUNG_ID}"), "BR-DE-21"),
    # when it was delivered: a day, a period, or a period in every line
    (el("cac:Delivery/cbc:ActualDeliveryDate", "2026-01-01") + line("0"), ""),
    (PERIOD + line("0"), ""),
    (line("0", PERIOD), ""),
    (line("0", PERIOD) + line("0"), "BR-DE-TMP-32"),
]
OF_SHARED = ("PEPPOL-EN16931-R040", "PEPPOL-EN16931-R1", "BR-DE-21", "BR-DE-TMP-32")


@pytest.mark.parametrize(("inside", "fails"), SHARED)
def test_what_xrechnung_has_in_its_own_way(inside: str, fails: str) -> None:
    document = fragment(inside)
    found = [one for one, _ in found_by(XRECHNUNG, document).elements() if one.startswith(OF_SHARED)]
    assert set(fails.split()) <= set(found) <= {*fails.split(), "BR-DE-21"}
    judge.stylesheet(judge.XRECHNUNG)
    assert compare(XRECHNUNG_PAIR, document).difference is None


EXTENDED = el("cbc:CustomizationID", EXTENSION_ID) + EUR


def sub(net: str | None, *inside: str, categories: int = 1) -> str:
    stated = "" if net is None else el("cbc:LineExtensionAmount", net)
    return el("cac:SubInvoiceLine", stated, el("cac:Item", el("cac:ClassifiedTaxCategory") * categories), *inside)


def total(**amounts: str) -> str:
    return el("cac:LegalMonetaryTotal", *(el(f"cbc:{name}Amount", amount) for name, amount in amounts.items()))


def third(amount: str, currency: str = "EUR") -> str:
    paid = el("cbc:PaidAmount", amount, currencyID=currency)
    return el("cac:PrepaidPayment", el("cbc:ID", "i"), paid, el("cbc:InstructionID", "d"))


PARTY_ID = "cac:PartyIdentification/cbc:ID"
EXTENSION = [
    (el("cbc:EmbeddedDocumentBinaryObject", "AA==", mimeCode="application/xml"), ""),
    (el("cbc:EmbeddedDocumentBinaryObject", "AA=="), "BR-DEX-01"),
    (line("3", sub("1"), sub("2.00")), ""),
    (line("3", sub("1"), sub("1")), "BR-DEX-02"),
    (line("0", sub(None)), ""),
    # all lines below lines are added up, unless a line of the invoice differs already
    (line("1", sub("1", sub("2"))) + line("0", sub("0", sub("x"))), "?"),
    (line("0", sub("1")) + line("0", sub("0", sub("x"))), "BR-DEX-02"),
    (line("1", sub(None, sub("x"))), "BR-DEX-02"),
    (line("0", sub("0", categories=2), sub("0", categories=0)), "BR-DEX-03"),
    (total(Payable="1.005", TaxInclusive="1.01"), ""),
    (total(Payable="-1.005", TaxInclusive="-1.00"), ""),
    (total(Payable="3", TaxInclusive="2", PayableRounding="1"), ""),
    (total(Payable="3", TaxInclusive="2") + third("0.5") + third("0.50"), ""),
    (total(Payable="3", TaxInclusive="2", Prepaid="1"), "BR-DEX-09"),
    # what is missing fails before the rest is looked at
    (total(TaxInclusive="x", Prepaid="y"), "BR-DEX-09"),
    (total(Payable="1", Prepaid="y"), "BR-DEX-09"),
    (total(Payable="1", PayableRounding="x"), "?"),
    (total(Payable="1", TaxInclusive="1", Prepaid=""), "?"),
    # a blank scheme passes, the last code of the official list does not
    *((el(PARTY_ID, "1", schemeID=one), "") for one in ("", " 0088 ", "XR01")),
    *((el(PARTY_ID, "1", schemeID=one), "BR-DEX-04") for one in ("0244", "0088 0002", "SEPA", "EM")),
    (el(f"{SELLER}/cac:Party/{PARTY_ID}", "1", schemeID="SEPA"), ""),
    (el(f"{BUYER}/cac:Party/{PARTY_ID}", "1", schemeID="SEPA"), "BR-DEX-04"),
    (el("cac:PartyLegalEntity/cbc:CompanyID", "1", schemeID="x"), "BR-DEX-05"),
    (el("cac:StandardItemIdentification/cbc:ID", "1", schemeID="x"), "BR-DEX-06"),
    (el("cbc:EndpointID", "1", schemeID="0242") + el("cbc:EndpointID", "1", schemeID="0244"), "BR-DEX-07"),
    (el("cac:DeliveryLocation/cbc:ID", "1", schemeID="x"), "BR-DEX-08"),
    (el("cac:PrepaidPayment"), "BR-DEX-10 BR-DEX-11 BR-DEX-12 BR-DEX-14"),
    (third("1.005"), "BR-DEX-13"),
    (third("1", "HUF"), "BR-DEX-14"),
]
CLEAN = "cac:InvoiceLine/cac:Item"


def vehicle(*inside: str, scheme: str = "CVD", category: str = "M1") -> str:
    code = el("cac:CommodityClassification/cbc:ItemClassificationCode", category, listID=scheme)
    return el(CLEAN, code, *inside)


CVA = el("cac:AdditionalItemProperty", el("cbc:Name", "cva"), el("cbc:Value", "clean"))
NAMED = el("cac:ContractDocumentReference/cbc:ID", "1") + el("cac:OriginatorDocumentReference/cbc:ID", "1")
VEHICLES = [
    (NAMED + vehicle(CVA), ""),
    ("", "BR-DE-CVD-01 BR-DE-CVD-02 BR-DE-CVD-03"),
    (NAMED + vehicle(CVA, category="m1"), "BR-DE-CVD-04"),
    (NAMED + vehicle(CVA.replace("clean", "dirty")), "BR-DE-CVD-05"),
    (NAMED + vehicle(CVA, CVA), "BR-DE-CVD-06-a"),
    (NAMED + vehicle(CVA) + el(CLEAN, CVA), "BR-DE-CVD-06-b"),
    # blanks around the scheme hide it from some of the rules
    (NAMED + vehicle(CVA, scheme=" CVD "), "BR-DE-CVD-03 BR-DE-CVD-06-b"),
    (NAMED + vehicle(CVA) + vehicle(scheme="") + vehicle(scheme="TST"), ""),
    (NAMED + vehicle(CVA) + vehicle(scheme="x"), "BR-TMP-CVD-01"),
]
MORE = [
    *((EXTENDED + inside, fails, "BR-DEX-") for inside, fails in EXTENSION),
    *((el("cbc:CustomizationID", CVD_ID) + inside, fails, ("BR-DE-CVD-", "BR-TMP-CVD")) for inside, fails in VEHICLES),
]


@pytest.mark.parametrize(("inside", "fails", "family"), MORE)
def test_the_extension_and_the_rules_on_clean_vehicles(inside: str, fails: str, family: str) -> None:
    found = [one for one, _ in found_by(XRECHNUNG, fragment(inside)).elements()]
    if fails == "?":
        assert "GW-UNDECIDABLE" in found
    else:
        assert sorted(one for one in found if one.startswith(family)) == sorted(fails.split())
    judge.stylesheet(judge.XRECHNUNG)
    assert compare(XRECHNUNG_PAIR, fragment(inside)).difference is None


def test_they_apply_under_their_specification_only() -> None:
    inside = el("cbc:CustomizationID", XRECHNUNG_ID) + el("cac:PrepaidPayment") + vehicle(scheme="x")
    found = found_by(XRECHNUNG, fragment(inside))
    assert not [one for one, _ in found if one.startswith(("BR-DEX", "BR-DE-CVD", "BR-TMP"))]


def test_every_official_rule_is_there_with_its_level() -> None:
    assert {(one, str(XRECHNUNG.severity_of(one))) for one in XRECHNUNG.ids} == set(judge.levels(judge.XRECHNUNG))


def test_every_rule_has_words_and_the_names_of_peppol_have_the_same() -> None:
    assert [one for one in XRECHNUNG.ids if entry_of(one) is None] == []
    assert all(entry_of(peppol) == entry_of(own) for own, peppol in PEPPOL_NAMES.items())


@pytest.mark.parametrize("inside", [inside for inside, fails, _ in MORE if fails])
def test_no_blank_of_a_text_is_left_empty(inside: str) -> None:
    assert every_blank_is_filled(XRECHNUNG, fragment(inside))
