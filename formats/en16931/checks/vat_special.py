"""Rules that one VAT category has for itself: BR-IC-11 and -12, BR-O-11 to -14, BR-B-01 and -02 (section 6.4.3)."""

from collections.abc import Iterable, Iterator

from formats.checking import Finding, check
from formats.en16931.checks.groups import ALLOWANCES, CHARGES
from formats.en16931.invoice import Invoice
from formats.en16931.terms import values_of

NOT_SUBJECT = "O"


@check("BR-IC-11")
def intra_community_supply_has_a_date(invoice: Invoice) -> Iterator[Finding]:
    """BT-72 or BG-14 where the VAT breakdown has category K."""
    delivery = invoice.delivery
    dated = invoice.tax_point_code or (delivery and (delivery.date or delivery.period))
    if _breaks_down(invoice, "K") and not dated:
        yield Finding(
            "BR-IC-11",
            "BG-13/BT-72",
            "An intra-Community supply has neither a delivery date nor an invoicing period.",
            "State when the goods were delivered (BT-72) or the period that is invoiced (BG-14).",
        )


@check("BR-IC-12")
def intra_community_supply_has_a_destination(invoice: Invoice) -> Iterator[Finding]:
    """BT-80 where the VAT breakdown has category K."""
    address = invoice.delivery.address if invoice.delivery else None
    if _breaks_down(invoice, "K") and not (address and len(address.country or "") > 1):
        yield Finding(
            "BR-IC-12",
            "BG-13/BG-15/BT-80",
            "An intra-Community supply does not say to which country the goods went.",
            "State the country of delivery (BT-80).",
        )


def _breaks_down(invoice: Invoice, code: str) -> bool:
    return any(row.category == code for row in invoice.vat_breakdown)


@check("BR-O-11")
def outside_the_scope_stands_alone(invoice: Invoice) -> Iterator[Finding]:
    """No other row in the VAT breakdown beside category O."""
    rows = ((f"BG-23[{position}]/BT-118", row.category) for position, row in enumerate(invoice.vat_breakdown, 1))
    yield from _beside_outside(invoice, "BR-O-11", "the VAT breakdown", rows)


@check("BR-O-12")
def outside_the_scope_in_all_lines(invoice: Invoice) -> Iterator[Finding]:
    """No line of another category beside category O."""
    lines = (
        (f"BG-25[{position}]/BG-30/BT-151", line.vat.category if line.vat else None)
        for position, line in enumerate(invoice.lines, 1)
    )
    yield from _beside_outside(invoice, "BR-O-12", "a line", lines)


@check("BR-O-13")
def outside_the_scope_in_all_allowances(invoice: Invoice) -> Iterator[Finding]:
    """No allowance of another category beside category O."""
    parts = ((ALLOWANCES.path_to(at, "BT-95"), one.vat_category) for at, one in ALLOWANCES.found(invoice))
    yield from _beside_outside(invoice, "BR-O-13", "an allowance", parts)


@check("BR-O-14")
def outside_the_scope_in_all_charges(invoice: Invoice) -> Iterator[Finding]:
    """No charge of another category beside category O."""
    parts = ((CHARGES.path_to(at, "BT-102"), one.vat_category) for at, one in CHARGES.found(invoice))
    yield from _beside_outside(invoice, "BR-O-14", "a charge", parts)


def _beside_outside(
    invoice: Invoice, rule: str, where: str, categories: Iterable[tuple[str, str | None]]
) -> Iterator[Finding]:
    """One finding, at the first place that states another category."""
    if not _breaks_down(invoice, NOT_SUBJECT):
        return
    for path, category in categories:
        if category is not None and category != NOT_SUBJECT:
            yield Finding(
                rule,
                path,
                f"The invoice is outside the scope of VAT (category O), but {where} is under category {category}.",
                "Send what is subject to VAT as an invoice of its own.",
            )
            return


@check("BR-B-01")
def split_payment_is_domestic(invoice: Invoice) -> Iterator[Finding]:
    """Category B only where every country in the invoice is Italy."""
    if not _uses(invoice, "B"):
        return
    for path, term, value in values_of(invoice):
        if term.number in COUNTRY_TERMS and value != "IT":
            yield Finding(
                "BR-B-01",
                path,
                f"Split payment (VAT category B) exists in Italy only, but the invoice names the country {value}.",
                "Choose another VAT category.",
            )
            return


# Seller, buyer, tax representative, delivery, item: every place where UBL has an IdentificationCode.
COUNTRY_TERMS = frozenset({"BT-40", "BT-55", "BT-69", "BT-80", "BT-159"})


@check("BR-B-02")
def split_payment_excludes_standard_rate(invoice: Invoice) -> Iterator[Finding]:
    """Categories B and S do not meet in one invoice."""
    if _uses(invoice, "B") and _uses(invoice, "S"):
        yield Finding(
            "BR-B-02",
            "BG-23",
            "Split payment (VAT category B) and the standard rate (S) are both used.",
            "Send what is under split payment as an invoice of its own.",
        )


def _uses(invoice: Invoice, code: str) -> bool:
    """Whether a line, an allowance, a charge or the VAT breakdown is under this category."""
    return (
        _breaks_down(invoice, code)
        or any(line.vat is not None and line.vat.category == code for line in invoice.lines)
        or any(one.vat_category == code for one in invoice.allowances + invoice.charges)
    )
