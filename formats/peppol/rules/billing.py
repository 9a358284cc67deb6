"""The two billing specifications of Peppol, where their rules differ, and what both ask about a document as a whole."""

from dataclasses import dataclass
from typing import Final

from formats.peppol.rules.countries import buyers_country, sellers_country
from formats.peppol.rules.evaluation import both
from formats.peppol.writer import BUSINESS_PROCESS, SELF_BILLING_PROCESS, SPECIFICATION
from formats.peppol.writer import SELF_BILLING as SELF_BILLING_SPECIFICATION
from formats.ubl.tree import Document, string_of

_FRANCE: Final = frozenset({"urn:peppol:france:billing:regulated", "urn:peppol:france:billing:non-regulated"})
_WITH_RESPONSE: Final = frozenset({"urn:peppol:bis:billing_with_response"})


@dataclass(frozen=True, slots=True)
class Billing:
    """A billing specification.

    specification:    what BT-24 begins with
    process:          what BT-23 says, mostly
    processes:        all that it may say
    typed_processes:  those in which the type code (BT-3) must be one of these
    invoices, credit_notes:  UNTDID 1001 codes
    """

    specification: str
    process: str
    processes: frozenset[str]
    typed_processes: frozenset[str]
    invoices: frozenset[str]
    credit_notes: frozenset[str]


BILLING: Final = Billing(
    specification=SPECIFICATION,
    process=BUSINESS_PROCESS,
    processes=frozenset({BUSINESS_PROCESS}) | _FRANCE | _WITH_RESPONSE,
    typed_processes=frozenset({BUSINESS_PROCESS}) | _FRANCE | _WITH_RESPONSE,
    invoices=frozenset({
        "71", "80", "82", "84", "102", "218", "219", "326", "331", "380", "382", "383", "384", "386", "388", "393",
        "395", "553", "575", "623", "780", "817", "870", "875", "876", "877",
    }),
    credit_notes=frozenset({"381", "396", "81", "83", "532"}),
)  # fmt: skip
SELF_BILLING: Final = Billing(
    specification=SELF_BILLING_SPECIFICATION,
    process=SELF_BILLING_PROCESS,
    processes=frozenset({SELF_BILLING_PROCESS}) | _FRANCE | _WITH_RESPONSE,
    typed_processes=frozenset({SELF_BILLING_PROCESS}) | _FRANCE,
    invoices=frozenset({"389", "527"}),
    credit_notes=frozenset({"261"}),
)


def process_of(document: Document) -> str:
    """BT-23, "" where it is not stated. Raises Undecidable."""
    return document.root.trimmed("cbc:ProfileID")


def currencies_of(document: Document) -> frozenset[str]:
    """BT-5 as it stands, blanks and all; of a broken document perhaps several."""
    return frozenset(string_of(one) for one in document.root.named("cbc:DocumentCurrencyCode"))


def is_between_germans(document: Document) -> bool:
    """Whether seller and buyer both have an address in Germany. Raises Undecidable."""
    return both(lambda: document.fact(sellers_country) == "DE", lambda: document.fact(buyers_country) == "DE")
