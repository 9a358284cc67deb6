"""What can be wrong with a value of a UBL document, in words for the sender. House ids begin with GW-UBL.

The findings are without path and place: the node that the value stands in adds them.
"""

import datetime
from decimal import Decimal

from formats.checking import Finding, Severity
from formats.en16931 import Identifier

_QUOTE = 60
# What is said in its own words; a whole group, such as a payment card, is not spelt out in a message.
_IN_WORDS = (str, datetime.date, Decimal, Identifier)


def no_decimal(name: str, text: str) -> Finding:
    """GW-UBL-NUMBER."""
    return Finding(
        "GW-UBL-NUMBER",
        "",
        f"{name} says “{text[:_QUOTE]}”, which is not a decimal number.",
        "Write digits with a point before the decimals and nothing else: 1234.50 (no exponent, no thousands mark).",
    )


def no_date(name: str, text: str) -> Finding:
    """GW-UBL-DATE."""
    return Finding(
        "GW-UBL-DATE",
        "",
        f"{name} says “{text[:_QUOTE]}”, which is not a day of the calendar.",
        "Write the day as YYYY-MM-DD: 2026-11-30.",
    )


def zone(text: str, day: datetime.date) -> Finding:
    """GW-UBL-DATE-ZONE."""
    return Finding(
        "GW-UBL-DATE-ZONE",
        "",
        f"The date “{text}” names a time zone; it was read as {day.isoformat()}.",
        "Write the day alone, as YYYY-MM-DD: Peppol and national rules refuse a zone (PEPPOL-EN16931-F001).",
        Severity.WARNING,
    )


def no_boolean(name: str, text: str) -> Finding:
    """GW-UBL-INDICATOR."""
    says = f"says “{text[:_QUOTE]}”" if text else "is missing"
    return Finding(
        "GW-UBL-INDICATOR",
        "",
        f"{name} {says}, so it cannot be told whether this is an allowance or a charge; it was not read.",
        "Write true for a charge and false for an allowance.",
    )


def no_base64(name: str) -> Finding:
    """GW-UBL-BASE64."""
    return Finding(
        "GW-UBL-BASE64",
        "",
        f"{name} is not base64, so the attached file cannot be read.",
        "Encode the file as base64 (RFC 4648 section 4) without any other characters.",
    )


def empty(name: str) -> Finding:
    """GW-UBL-EMPTY: harmless to us, refused by Peppol (PEPPOL-EN16931-R008)."""
    return Finding(
        "GW-UBL-EMPTY",
        "",
        f"{name} is empty.",
        "Leave the element out where there is nothing to say: Peppol refuses empty ones (PEPPOL-EN16931-R008).",
        Severity.WARNING,
    )


def repeated(name: str, kept: object, other: object) -> Finding:
    """GW-UBL-REPEATED: most of these are one of the UBL-SR rules of EN 16931-3-2."""
    second, first = (str(one)[:_QUOTE] if isinstance(one, _IN_WORDS) else "another one" for one in (other, kept))
    return Finding(
        "GW-UBL-REPEATED",
        "",
        f"{name} stands here more than once: “{second}” would be lost beside “{first}”.",
        "State it once; where several values belong here, put them into one text or another term.",
    )


def wrong_currency(name: str, amount: str, stated: str, expected: str) -> Finding:
    """GW-UBL-CURRENCY."""
    return Finding(
        "GW-UBL-CURRENCY",
        "",
        f"{name} is {amount} {stated[:12]}, but the amount must be in {expected[:12]}.",
        "State every amount in the invoice currency (BT-5); only BT-111 is in the VAT accounting currency (BT-6).",
    )


def creditor_alone(creditor: str) -> Finding:
    """GW-UBL-NOT-CARRIED: BT-90 without a group to stand in."""
    return Finding(
        "GW-UBL-NOT-CARRIED",
        "",
        f"The creditor identifier “{creditor[:_QUOTE]}” stands without any means of payment and is not carried.",
        "State the means of payment (BT-81) where the creditor identifier matters.",
        Severity.INFORMATION,
    )


def charge_on_price() -> Finding:
    """GW-UBL-PRICE-CHARGE: what Peppol calls PEPPOL-EN16931-R044."""
    return Finding(
        "GW-UBL-PRICE-CHARGE",
        "",
        "The price has a charge; EN 16931 knows a discount on a price, but no charge.",
        "State the price with the charge included (BT-146), or the charge as one of the line (BG-28).",
    )
