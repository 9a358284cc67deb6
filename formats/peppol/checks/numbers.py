"""Numbers of parties have the form of their register: PEPPOL-COMMON-R040 to R057.

Where a rule asks for less than the register (`formats.peppol.participants`) does, the rule wins here: a verdict is the
official one.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from stdnum import luhn
from stdnum.au import abn

from formats.checking import Check, Finding, Severity
from formats.en16931 import Identifier, Invoice
from formats.en16931.checks.groups import (
    BUYER_ENDPOINT,
    BUYER_IDENTIFIER,
    BUYER_REGISTRATION,
    PAYEE_IDENTIFIER,
    PAYEE_REGISTRATION,
    SELLER_ENDPOINT,
    SELLER_IDENTIFIERS,
    SELLER_REGISTRATION,
    Where,
)
from formats.peppol.participants import is_belgian, is_gln, is_norwegian

ENDPOINTS: Final = (SELLER_ENDPOINT, BUYER_ENDPOINT)
NUMBERS: Final = (
    *ENDPOINTS,
    SELLER_IDENTIFIERS,
    BUYER_IDENTIFIER,
    PAYEE_IDENTIFIER,
    SELLER_REGISTRATION,
    BUYER_REGISTRATION,
    PAYEE_REGISTRATION,
)
DUTCH_VAT: Final = r"NL[0-9]{9}B[0-9]{2}"


def has_form(
    rule: str,
    scheme: str,
    what: str,
    form: str,
    severity: Severity = Severity.FATAL,
    *,
    verify: Callable[[str], bool] | None = None,
    places: tuple[Where[Identifier], ...] = NUMBERS,
) -> Check[Invoice]:
    """The check that every number under a scheme has its form, and its check digit. `what` names such a number."""
    matches = re.compile(form, re.ASCII).fullmatch

    def malformed(invoice: Invoice) -> Iterator[Finding]:
        for where in places:
            for positions, one in where.found(invoice):
                if one.scheme != scheme or (matches(one.value) and (verify is None or verify(one.value))):
                    continue
                yield Finding(
                    rule,
                    where.path_to(positions, ""),
                    f"{where.called(positions)} is {one.value!r}, which is no {what} (scheme {scheme}).",
                    f"State the right number, or the scheme it belongs to; a {what} has a fixed form"
                    f"{' and a check digit' if verify else ''}.",
                    severity,
                )

    return Check(rule, malformed)


def dutch_vat_identifier(invoice: Invoice) -> Iterator[Finding]:
    """PEPPOL-COMMON-R056-2: a VAT identifier that begins with NL has the form of one."""
    parties = (
        ("BG-4/BT-31", invoice.seller),
        ("BG-7/BT-48", invoice.buyer),
        ("BG-11/BT-63", invoice.tax_representative),
    )
    for path, party in parties:
        number = (party.vat_identifier or "") if party else ""
        if number.startswith("NL") and not re.fullmatch(DUTCH_VAT, number, re.ASCII):
            yield Finding(
                "PEPPOL-COMMON-R056-2",
                path,
                f"The VAT identifier {number!r} is no Dutch one.",
                "A Dutch VAT identifier is like NL123456789B12.",
                Severity.WARNING,
            )


def is_tax_code(number: str) -> bool:
    """The rule's own idea of a codice fiscale: eleven digits, or sixteen characters in the order of one."""
    return bool(re.fullmatch(r"[0-9]{11}|[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}.{3}[0-9][A-Za-z]", number, re.ASCII))


def is_italian_vat(number: str) -> bool:
    """A partita IVA behind IT; what does not begin with IT is not looked at."""
    return number[:2] not in ("IT", "it") or (len(number) == 13 and number[2:].isdigit() and luhn.is_valid(number[2:]))


WARNING: Final = Severity.WARNING
FORMS: Final = (
    has_form("PEPPOL-COMMON-R040", "0088", "GLN", r"[0-9]+", verify=is_gln),
    has_form("PEPPOL-COMMON-R041", "0192", "Norwegian organisation number", r"[0-9]{9}", verify=is_norwegian),
    has_form("PEPPOL-COMMON-R042", "0184", "Danish CVR number", r"(DK)?[0-9]{8}"),
    has_form("PEPPOL-COMMON-R043", "0208", "Belgian enterprise number", r"[0-9]{10}", verify=is_belgian),
    has_form("PEPPOL-COMMON-R044", "0201", "Italian IPA code", r"[A-Za-z0-9]{6}", WARNING),
    has_form("PEPPOL-COMMON-R045", "0210", "Italian tax code", r".*", WARNING, verify=is_tax_code),
    has_form("PEPPOL-COMMON-R046", "9907", "Italian tax code", r".*", WARNING, verify=is_tax_code, places=ENDPOINTS),
    has_form("PEPPOL-COMMON-R047", "0211", "Italian VAT number", r".*", WARNING, verify=is_italian_vat),
    has_form("PEPPOL-COMMON-R049", "0007", "Swedish organisation number", r"[0-9]{10}", verify=luhn.is_valid),
    has_form("PEPPOL-COMMON-R050", "0151", "Australian business number", r"[0-9]{11}", verify=abn.is_valid),
    has_form("PEPPOL-COMMON-R052", "0096", "Danish P number", r"[0-9]{10}"),
    has_form("PEPPOL-COMMON-R053", "0198", "Danish SE number", r"DK[0-9]{8}"),
    has_form("PEPPOL-COMMON-R054", "0106", "Dutch KVK number", r"[0-9]{8}", WARNING),
    has_form("PEPPOL-COMMON-R055", "0190", "Dutch OIN", r"[0-9]{20}", WARNING),
    has_form("PEPPOL-COMMON-R056-1", "9944", "Dutch VAT number", DUTCH_VAT, WARNING),
    Check("PEPPOL-COMMON-R056-2", dutch_vat_identifier),
    has_form("PEPPOL-COMMON-R057", "0217", "Dutch establishment number", r"[0-9]{12}", WARNING),
)  # fmt: skip
