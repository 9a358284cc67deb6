"""For each rule of EN 16931 an invoice that breaks it: what was done to a good one, and where the finding points."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from formats.en16931 import (
    Attachment,
    Buyer,
    CreditTransfer,
    Identifier,
    Invoice,
    LineVat,
    Payee,
    PaymentCard,
    PaymentInstructions,
    VatBreakdown,
)
from formats.ubl.checks.vat_categories import (
    CATEGORIES,
    EXEMPT,
    INTRA_COMMUNITY,
    OUTSIDE,
    Parties,
    Rate,
    Reason,
    VatCategory,
)
from tests.carried import with_value, without
from tests.en16931.full import full_invoice, invoice_under
from tests.samples import BUYER, SELLER, sample_italian_invoice, sample_line
from tests.sums import summed_up


@dataclass(frozen=True)
class Failing:
    """An invoice that breaks a rule at a path. in_ubl: whether UBL can state it and the official rules judge it."""

    rule: str
    invoice: Invoice
    path: str
    in_ubl: bool = True


FULL = full_invoice()
SECOND_LINE = "BG-25[2]/BG-30/BT-151"

# rule, what is missing: the finding points at the same path
MISSING = (
    ("BR-02", "BT-1"),
    ("BR-03", "BT-2"),
    ("BR-04", "BT-3"),
    ("BR-06", "BG-4/BT-27"),
    ("BR-07", "BG-7/BT-44"),
    ("BR-08", "BG-4/BG-5"),
    ("BR-09", "BG-4/BG-5/BT-40"),
    ("BR-10", "BG-7/BG-8"),
    ("BR-11", "BG-7/BG-8/BT-55"),
    ("BR-12", "BG-22/BT-106"),
    ("BR-13", "BG-22/BT-109"),
    ("BR-14", "BG-22/BT-112"),
    ("BR-15", "BG-22/BT-115"),
    ("BR-16", "BG-25"),
    ("BR-17", "BG-10/BT-59"),
    ("BR-18", "BG-11/BT-62"),
    ("BR-19", "BG-11/BG-12"),
    ("BR-20", "BG-11/BG-12/BT-69"),
    ("BR-21", "BG-25[2]/BT-126"),
    ("BR-22", "BG-25[2]/BT-129"),
    ("BR-23", "BG-25[2]/BT-130"),
    ("BR-24", "BG-25[2]/BT-131"),
    ("BR-25", "BG-25[2]/BG-31/BT-153"),
    ("BR-26", "BG-25[2]/BG-29/BT-146"),
    ("BR-27", "BG-25[2]/BG-29/BT-146"),
    ("BR-31", "BG-20[1]/BT-92"),
    ("BR-32", "BG-20[1]/BT-95"),
    ("BR-33", "BG-20[1]/BT-97"),
    ("BR-CO-21", "BG-20[1]/BT-97"),
    ("BR-36", "BG-21[1]/BT-99"),
    ("BR-37", "BG-21[1]/BT-102"),
    ("BR-38", "BG-21[1]/BT-104"),
    ("BR-CO-22", "BG-21[1]/BT-104"),
    ("BR-41", "BG-25[1]/BG-27[1]/BT-136"),
    ("BR-42", "BG-25[1]/BG-27[1]/BT-139"),
    ("BR-CO-23", "BG-25[1]/BG-27[1]/BT-139"),
    ("BR-43", "BG-25[1]/BG-28[1]/BT-141"),
    ("BR-44", "BG-25[1]/BG-28[1]/BT-144"),
    ("BR-CO-24", "BG-25[1]/BG-28[1]/BT-144"),
    ("BR-45", "BG-23[1]/BT-116"),
    ("BR-46", "BG-23[1]/BT-117"),
    ("BR-47", "BG-23[1]/BT-118"),
    ("BR-48", "BG-23[1]/BT-119"),
    ("BR-49", "BG-16/BT-81"),
    ("BR-52", "BG-24[1]/BT-122"),
    ("BR-53", "BG-22/BT-111"),
    ("BR-54", "BG-25[1]/BG-31/BG-32[1]/BT-160"),
    ("BR-54", "BG-25[1]/BG-31/BG-32[1]/BT-161"),
    ("BR-55", "BG-3[1]/BT-25"),
    ("BR-56", "BG-11/BT-63"),
    ("BR-57", "BG-13/BG-15/BT-80"),
    ("BR-61", "BG-16/BG-17"),
    ("BR-CO-04", "BG-25[2]/BG-30/BT-151"),
    ("BR-CO-10", "BG-22/BT-106"),
    ("BR-CO-11", "BG-22/BT-107"),
    ("BR-CO-12", "BG-22/BT-108"),
    ("BR-CO-13", "BG-22/BT-109"),
    ("BR-CO-16", "BG-22/BT-115"),
    ("BR-CO-17", "BG-23[1]/BT-117"),
    ("BR-CO-18", "BG-23"),
)  # fmt: skip
# A reason in words or as a code will do, so the other one is taken away as well.
TOGETHER = {
    "BT-97": "BT-98",
    "BT-104": "BT-105",
    "BT-139": "BT-140",
    "BT-144": "BT-145",
}
# rule, where a value is replaced and the finding points, by what
REPLACED: tuple[tuple[str, str, object], ...] = (
    ("BR-02", "BT-1", "  "),
    ("BR-27", "BG-25[1]/BG-29/BT-146", Decimal("-0.01")),
    ("BR-28", "BG-25[1]/BG-29/BT-148", Decimal("-0.01")),
    ("BR-29", "BG-13/BG-14/BT-74", datetime.date(2026, 2, 28)),
    ("BR-30", "BG-25[1]/BG-26/BT-135", datetime.date(2026, 2, 28)),
    ("BR-62", "BG-4/BT-34", Identifier("9876543210982")),
    ("BR-63", "BG-7/BT-49", Identifier("4000000123453")),
    ("BR-64", "BG-25[1]/BG-31/BT-157", Identifier("7300010000001")),
    ("BR-65", "BG-25[1]/BG-31/BT-158[1]", Identifier("65434568")),
    ("BR-CO-09", "BG-4/BT-31", "QQ12345675"),
    ("BR-CO-09", "BG-7/BT-48", "QQ12345675"),
    ("BR-CO-09", "BG-11/BT-63", "QQ12345675"),
    ("BR-CO-10", "BG-22/BT-106", Decimal("119.39")),
    ("BR-CO-11", "BG-22/BT-107", Decimal("5.01")),
    ("BR-CO-12", "BG-22/BT-108", Decimal("4.99")),
    ("BR-CO-13", "BG-22/BT-109", Decimal("119.41")),
    ("BR-CO-14", "BG-22/BT-110", Decimal("23.87")),
    ("BR-CO-15", "BG-22/BT-112", Decimal("143.27")),
    ("BR-CO-16", "BG-22/BT-115", Decimal("133.31")),
    ("BR-CO-16", "BG-22/BT-115", Decimal("143.28")),
    ("BR-CO-17", "BG-23[1]/BT-117", Decimal("24.88")),  # 1.00 off; 24.87 would be within the tolerance
    ("BR-S-08", "BG-23[1]/BT-116", Decimal("120.41")),
    ("BR-DEC-01", "BG-20[1]/BT-92", Decimal("5.000")),
    ("BR-DEC-02", "BG-20[1]/BT-93", Decimal("50.001")),
    ("BR-DEC-05", "BG-21[1]/BT-99", Decimal("5.000")),
    ("BR-DEC-06", "BG-21[1]/BT-100", Decimal("50.001")),
    ("BR-DEC-09", "BG-22/BT-106", Decimal("119.400")),
    ("BR-DEC-10", "BG-22/BT-107", Decimal("5.000")),
    ("BR-DEC-11", "BG-22/BT-108", Decimal("5.000")),
    ("BR-DEC-12", "BG-22/BT-109", Decimal("119.400")),
    ("BR-DEC-14", "BG-22/BT-112", Decimal("143.280")),
    ("BR-DEC-16", "BG-22/BT-113", Decimal("10.000")),
    ("BR-DEC-17", "BG-22/BT-114", Decimal("0.020")),
    ("BR-DEC-18", "BG-22/BT-115", Decimal("133.300")),
    ("BR-DEC-19", "BG-23[1]/BT-116", Decimal("119.400")),
    ("BR-DEC-20", "BG-23[1]/BT-117", Decimal("23.880")),
    ("BR-DEC-23", "BG-25[2]/BT-131", Decimal("59.700")),
    ("BR-DEC-24", "BG-25[1]/BG-27[1]/BT-136", Decimal("1.000")),
    ("BR-DEC-25", "BG-25[1]/BG-27[1]/BT-137", Decimal("10.001")),
    ("BR-DEC-27", "BG-25[1]/BG-28[1]/BT-141", Decimal("1.000")),
    ("BR-DEC-28", "BG-25[1]/BG-28[1]/BT-142", Decimal("10.001")),
    ("BR-CL-01", "BT-3", "999"),
    ("BR-CL-04", "BT-5", "EURO"),
    ("BR-CL-05", "BT-6", "ZLOTY"),
    ("BR-CL-06", "BT-8", "36"),
    ("BR-CL-07", "BT-18", Identifier("O-1", "ZZZZ")),
    ("BR-CL-07", "BG-25[1]/BT-128", Identifier("M-1", "ZZZZ")),
    ("BR-CL-08", "BG-1[1]/BT-21", "QQQ"),
    ("BR-CL-10", "BG-4/BT-29[1]", Identifier("S-1", "GLN")),
    ("BR-CL-10", "BG-10/BT-60", Identifier("F-1", "GLN")),
    ("BR-CL-11", "BG-4/BT-30", Identifier("FN 1", "HRB")),
    ("BR-CL-11", "BG-10/BT-61", Identifier("7", "HRB")),
    ("BR-CL-13", "BG-25[1]/BG-31/BT-158[1]", Identifier("65434568", "UNSPSC")),
    ("BR-CL-14", "BG-4/BG-5/BT-40", "AUT"),
    ("BR-CL-14", "BG-7/BG-8/BT-55", "QQ"),
    ("BR-CL-14", "BG-11/BG-12/BT-69", "EL"),
    ("BR-CL-14", "BG-13/BG-15/BT-80", "fr"),
    ("BR-CL-15", "BG-25[1]/BG-31/BT-159", "EU"),
    ("BR-CL-16", "BG-16/BT-81", "99"),
    ("BR-CL-17", "BG-20[1]/BT-95", "X"),
    ("BR-CL-17", "BG-21[1]/BT-102", "X"),
    ("BR-CL-17", "BG-23[1]/BT-118", "X"),
    ("BR-CL-18", "BG-25[2]/BG-30/BT-151", "X"),
    ("BR-CL-19", "BG-20[1]/BT-98", "FC"),
    ("BR-CL-19", "BG-25[1]/BG-27[1]/BT-140", "FC"),
    ("BR-CL-20", "BG-21[1]/BT-105", "95"),
    ("BR-CL-20", "BG-25[1]/BG-28[1]/BT-145", "95"),
    ("BR-CL-21", "BG-25[1]/BG-31/BT-157", Identifier("7300010000001", "GTIN")),
    ("BR-CL-23", "BG-25[2]/BT-130", "pcs"),
    ("BR-CL-23", "BG-25[1]/BG-29/BT-150", "pcs"),
    ("BR-CL-25", "BG-4/BT-34", Identifier("9876543210982", "GLN")),
    ("BR-CL-25", "BG-7/BT-49", Identifier("4000000123453", "GLN")),
    ("BR-CL-26", "BG-13/BT-71", Identifier("9876543210982", "GLN")),
)


def failing() -> Iterator[Failing]:
    """All of them: at least one for each check."""
    for rule, path in MISSING:
        unwanted = [path] + [path.replace(one, other) for one, other in TOGETHER.items() if path.endswith(one)]
        yield Failing(rule, without(FULL, unwanted), path)
    for rule, path, value in REPLACED:
        yield Failing(rule, with_value(FULL, path, value), path)
    yield from special()
    yield from of_one_category_only()
    for category in CATEGORIES:
        yield from of_category(category)


def replaced(invoice: Invoice, **changes: object) -> Invoice:
    """The invoice with other fields, the sums as they were."""
    return msgspec.structs.replace(invoice, **changes)


def special() -> Iterator[Failing]:
    """Those that are not a value removed or replaced."""
    card = PaymentInstructions(means_code="48", card=PaymentCard(account_number="4000 0000 0000"))
    unpaid = PaymentInstructions(means_code="58", credit_transfers=(CreditTransfer(account_name="Reserve"),))
    html = Attachment(b"<p>", "text/html", "times.html")
    seller_itself = Payee(name="Nordlicht", identifier=Identifier("9876543210982", "0088"))
    nobody = without(FULL, ["BG-4/BT-29", "BG-4/BT-30", "BG-4/BT-31"])
    # the UBL writer states EN 16931 itself where nothing more special is stated
    yield Failing("BR-01", without(FULL, ["BG-2"]), "BG-2/BT-24", in_ubl=False)
    # every amount in UBL needs its currency, so an invoice without one cannot be written
    yield Failing("BR-05", without(FULL, ["BT-5"]), "BT-5", in_ubl=False)
    yield Failing("BR-17", replaced(FULL, payee=seller_itself), "BG-10/BT-59")
    yield Failing("BR-50", replaced(FULL, payment=unpaid), "BG-16/BG-17[1]/BT-84")
    yield Failing("BR-51", replaced(FULL, payment=card), "BG-16/BG-18/BT-87")
    yield Failing("BR-CO-03", replaced(FULL, tax_point_date=datetime.date(2026, 3, 2)), "BT-8")
    yield Failing("BR-CO-15", without(FULL, ["BG-22/BT-110"]), "BG-22/BT-110")
    yield Failing("BR-CO-26", nobody, "BG-4/BT-31")
    # the official binding of EN 16931 to UBL says BR-DEC-13 and BR-DEC-15 under this name
    yield Failing("UBL-DT-01", with_value(FULL, "BG-22/BT-110", Decimal("23.880")), "BG-22/BT-110")
    yield Failing("UBL-DT-01", with_value(FULL, "BG-22/BT-111", Decimal("99.001")), "BG-22/BT-111")
    # the breakdown has a rate that no line has
    yield Failing("BR-S-08", with_value(FULL, "BG-23[1]/BT-119", Decimal(21)), "BG-23[1]/BT-116")
    yield Failing("BR-CL-10", with_value(FULL, "BG-7", replaced_buyer(Identifier("B", "SEPA"))), "BG-7/BT-46")
    yield Failing("BR-CL-11", with_value(FULL, "BG-7", replaced_buyer(None, Identifier("B", "SEPA"))), "BG-7/BT-47")
    yield Failing("BR-CL-24", with_value(FULL, "BG-24[1]/BT-125", html), "BG-24[1]/BT-125")


def replaced_buyer(identifier: Identifier | None, legal_registration: Identifier | None = None) -> Buyer:
    """The buyer with other identifiers."""
    return msgspec.structs.replace(BUYER, identifier=identifier, legal_registration=legal_registration)


def of_category(category: VatCategory) -> Iterator[Failing]:
    """Rules 01 to 10 of a VAT category; line, allowance and charge are under it in the good invoice."""
    good = invoice_under(category)
    row = good.vat_breakdown[0]
    assert row.taxable is not None
    assert row.tax is not None
    without_parties, party_path = wrong_parties(category, good)
    wrong_rate = {Rate.ABOVE_ZERO: Decimal(0), Rate.ANY: Decimal(-1), Rate.ZERO: Decimal(5), Rate.NONE: Decimal(0)}
    line = sample_line(vat=LineVat(category=category.code, rate=wrong_rate[category.rate]))
    allowance, charge = (
        msgspec.structs.replace(one, vat_rate=wrong_rate[category.rate])
        for one in (good.allowances[0], good.charges[0])
    )
    needs_reason = category.reason is Reason.NEEDED
    reason_row = msgspec.structs.replace(row, exemption_reason=None if needs_reason else "Because", exemption_code=None)
    wrong_base = msgspec.structs.replace(row, taxable=row.taxable + 2)
    wrong_tax = msgspec.structs.replace(row, tax=row.tax + 2)
    yield Failing(category.rule(1), replaced(good, vat_breakdown=()), "BG-23")
    for number in (2, 3, 4):
        yield Failing(category.rule(number), without_parties, party_path)
    yield Failing(category.rule(5), replaced(good, lines=(line,)), "BG-25[1]/BG-30/BT-152")
    yield Failing(category.rule(6), replaced(good, allowances=(allowance,)), "BG-20[1]/BT-96")
    yield Failing(category.rule(7), replaced(good, charges=(charge,)), "BG-21[1]/BT-103")
    yield Failing(category.rule(8), replaced(good, vat_breakdown=(wrong_base,)), "BG-23[1]/BT-116")
    yield Failing(category.rule(9), replaced(good, vat_breakdown=(wrong_tax,)), "BG-23[1]/BT-117")
    yield Failing(category.rule(10), replaced(good, vat_breakdown=(reason_row,)), "BG-23[1]/BT-120")


def wrong_parties(category: VatCategory, good: Invoice) -> tuple[Invoice, str]:
    """The invoice whose parties do not suit the category, and where that is said."""
    if category.parties is Parties.NO_VAT:
        return replaced(good, seller=SELLER), "BG-4/BT-31"
    if category.parties in (Parties.BOTH_VAT, Parties.BUYER_TOO):
        return without(good, ["BG-7/BT-48"]), "BG-7/BT-48"
    return without(good, ["BG-4/BT-31"]), "BG-4/BT-31"


def of_one_category_only() -> Iterator[Failing]:
    """The rules that one VAT category has for itself."""
    abroad = invoice_under(INTRA_COMMUNITY)
    outside = invoice_under(OUTSIDE)
    standard = LineVat(category="S", rate=Decimal(20))
    row = VatBreakdown(taxable=Decimal(0), tax=Decimal(0), category="S", rate=Decimal(20))
    allowance = msgspec.structs.replace(outside.allowances[0], vat_category="S", vat_rate=Decimal(20))
    yield Failing("BR-IC-11", without(abroad, ["BG-13/BT-72"]), "BG-13/BT-72")
    yield Failing("BR-IC-12", without(abroad, ["BG-13/BG-15"]), "BG-13/BG-15/BT-80")
    yield Failing("BR-O-11", replaced(outside, vat_breakdown=(*outside.vat_breakdown, row)), "BG-23[2]/BT-118")
    yield Failing("BR-O-12", replaced(outside, lines=(*outside.lines, sample_line("2", vat=standard))), SECOND_LINE)
    yield Failing("BR-O-13", replaced(outside, allowances=(allowance,)), "BG-20[1]/BT-95")
    yield Failing("BR-O-14", replaced(outside, charges=(allowance,)), "BG-21[1]/BT-102")
    split = summed_up(sample_italian_invoice(lines=(sample_line(vat=LineVat(category="B", rate=Decimal(22))),)))
    both = summed_up(
        replaced(split, lines=(*split.lines, sample_line("2", vat=LineVat(category="S", rate=Decimal(22)))))
    )
    yield Failing("BR-B-01", with_value(split, "BG-7/BG-8/BT-55", "SM"), "BG-7/BG-8/BT-55")
    yield Failing("BR-B-02", both, SECOND_LINE)
    exempt = invoice_under(EXEMPT)
    yield Failing("BR-CL-22", with_value(exempt, "BG-23[1]", code_row(exempt)), "BG-23[1]/BT-121")


def code_row(invoice: Invoice) -> VatBreakdown:
    """The first row of the breakdown with a reason code that no list has."""
    return msgspec.structs.replace(invoice.vat_breakdown[0], exemption_code="VATEX-EU-NONE")
