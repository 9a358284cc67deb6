"""Code lists: what is in them, and that they are those of the official rules."""

import pytest

from formats.en16931 import codes
from formats.en16931.invoice import CREDIT_NOTE_TYPES


@pytest.mark.parametrize(
    ("found", "inside", "outside"),
    [
        (codes.INVOICE_TYPES, "380", "381"),
        (codes.CREDIT_NOTE_TYPES, "381", "380"),
        (codes.CURRENCIES, "EUR", "HRK"),  # Croatia has the euro since 2023
        (codes.COUNTRIES, "XI", "EL"),  # Northern Ireland; Greece is GR
        (codes.VAT_PREFIXES, "EL", "ZZ"),  # but EL in front of a VAT identifier
        (codes.VAT_POINT_DATES, "432", "5"),
        (codes.OBJECT_SCHEMES, "AWV", "0088"),
        (codes.NOTE_SUBJECTS, "AAI", "AAH"),
        (codes.IDENTIFIER_SCHEMES, "0088", "9930"),
        (codes.ENDPOINT_SCHEMES, "9930", "0003"),
        (codes.ITEM_CLASSES, "STI", "GTIN"),
        (codes.PAYMENT_MEANS, "58", "99"),
        (codes.VAT_CATEGORIES, "K", "IC"),
        (codes.ALLOWANCE_REASONS, "95", "FC"),
        (codes.CHARGE_REASONS, "FC", "95"),
        (codes.EXEMPTION_REASONS, "VATEX-EU-IC", "VATEX-EU-K"),
        (codes.UNITS, "C62", "PCE"),
        (codes.UNITS, "XBX", "BX"),  # packages of Recommendation 21 have an X in front
        (codes.MEDIA_TYPES, "application/pdf", "text/html"),
    ],
)
def test_a_list_holds_its_codes_and_no_others(found: frozenset[str], inside: str, outside: str) -> None:
    assert inside in found
    assert outside not in found


def test_the_model_and_the_list_agree_on_what_a_credit_note_is() -> None:
    assert CREDIT_NOTE_TYPES == codes.CREDIT_NOTE_TYPES
