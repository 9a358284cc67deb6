"""Conditions on the seller, its VAT identifiers and the VAT of the lines: BR-CO-04, -09, -18, -26 (section 6.4.2)."""

from collections.abc import Iterator

from formats.checking import Finding, check
from formats.en16931.checks.mandatory import is_missing
from formats.en16931.codes import VAT_PREFIXES
from formats.en16931.invoice import Invoice


@check("BR-CO-04")
def line_has_a_vat_category(invoice: Invoice) -> Iterator[Finding]:
    """BT-151 in every line."""
    for position, line in enumerate(invoice.lines, 1):
        if line.vat is None or line.vat.category is None:
            yield Finding(
                "BR-CO-04",
                f"BG-25[{position}]/BG-30/BT-151",
                f"Line {position} has no VAT category.",
                "State the VAT category (such as S, Z, E, AE, K, G or O) and its rate.",
            )


@check("BR-CO-09")
def vat_identifier_begins_with_its_country(invoice: Invoice) -> Iterator[Finding]:
    """BT-31, BT-48 and BT-63 begin with an ISO 3166-1 code, for Greece also EL."""
    for party, path, who in (
        (invoice.seller, "BG-4/BT-31", "the seller"),
        (invoice.buyer, "BG-7/BT-48", "the buyer"),
        (invoice.tax_representative, "BG-11/BT-63", "the tax representative"),
    ):
        number = party.vat_identifier if party else None
        if number is not None and number[:2] not in VAT_PREFIXES:
            yield Finding(
                "BR-CO-09",
                path,
                f"The VAT identifier {number} of {who} does not begin with a country code.",
                "State it with the country code in front, such as FR or EL; a number without one is a tax"
                " registration (BT-32).",
            )


@check("BR-CO-18")
def vat_is_broken_down(invoice: Invoice) -> Iterator[Finding]:
    """At least one BG-23."""
    if not invoice.vat_breakdown:
        yield Finding(
            "BR-CO-18",
            "BG-23",
            "The invoice has no VAT breakdown.",
            "State taxable amount and tax for each VAT category and rate, also where the tax is 0.00.",
        )


@check("BR-CO-26")
def seller_can_be_identified(invoice: Invoice) -> Iterator[Finding]:
    """BT-29, BT-30 or BT-31, so that the buyer finds the supplier automatically."""
    seller = invoice.seller
    if seller is None or seller.identifiers or seller.legal_registration or not is_missing(seller.vat_identifier):
        return
    yield Finding(
        "BR-CO-26",
        "BG-4/BT-31",
        "The seller has neither an identifier nor a legal registration nor a VAT identifier.",
        "State at least one of them.",
    )
