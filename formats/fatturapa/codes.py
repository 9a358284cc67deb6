"""The code lists of FatturaPA beside those of EN 16931: document types, natures of exemption, means of payment.

Each list is a data file with one row a code. Source: Regole tecniche fatture europee 2.6, appendices 4 and 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from formats.fatturapa.elements import rows

CREDIT_NOTE: Final = "TD04"
SIMPLIFIED_TYPES: Final = {"TD07": "380", "TD08": "381", "TD09": "383"}

# BT-3 codes with a document type of their own; any other is an invoice or a credit note by what EN 16931 calls it.
_DOCUMENT_TYPE_OF: Final = {"380": "TD01", "386": "TD02", "381": "TD04", "383": "TD05"}
SELF_BILLED: Final = "389"

# The nature that a VAT category means where neither line nor reason names one. AE, O, L and M have no single one.
_NATURE_OF: Final = {"Z": "N1", "E": "N4", "G": "N3.1", "K": "N3.2"}

# BT-8 (UNTDID 2005) as EsigibilitaIVA: at issue or delivery, or with the payment.
EXIGIBILITY_OF: Final = {"3": "I", "35": "I", "432": "D"}
TAX_POINT_OF: Final = {"I": "3", "D": "432"}
SPLIT_PAYMENT: Final = "S"


@dataclass(frozen=True, slots=True)
class DocumentType:
    """TDxx: the type code (BT-3) it is, and whether the buyer issues it."""

    code: str
    type_code: str
    is_self_billed: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Nature:
    """N1..N7: the VAT category and exemption reason code it is, and whether SDI refuses it (00445)."""

    code: str
    category: str
    exemption_code: str | None
    is_refused: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class PaymentMeans:
    """MPxx: the UNTDID 4461 code it is read as."""

    code: str
    means_code: str
    meaning: str


@cache
def document_types() -> Mapping[str, DocumentType]:
    """Every document type by its code."""
    return {
        row["code"]: DocumentType(row["code"], row["type_code"], bool(row["self_billed"]), row["meaning"])
        for row in rows("document_types.csv")
    }


@cache
def natures() -> Mapping[str, Nature]:
    """Every nature by its code."""
    return {
        row["code"]: Nature(
            row["code"], row["category"], row["exemption_code"] or None, bool(row["refused"]), row["meaning"]
        )
        for row in rows("natures.csv")
    }


@cache
def payment_means() -> Mapping[str, PaymentMeans]:
    """Every means of payment by its MP code."""
    return {
        row["code"]: PaymentMeans(row["code"], row["means_code"], row["meaning"]) for row in rows("payment_means.csv")
    }


@cache
def _mp_of_means_code() -> Mapping[str, str]:
    # Some MP codes have no UNTDID code of their own: they are read as a near one, and written only by their name.
    return {
        means_code: row["code"]
        for row in rows("payment_means.csv")
        if not row["by_name_alone"]
        for means_code in (row["means_code"], *row["also"].split())
    }


def document_type_of(type_code: str | None, is_credit_note: bool) -> str:
    """The document type of an invoice that names none."""
    return _DOCUMENT_TYPE_OF.get(type_code or "") or (CREDIT_NOTE if is_credit_note else "TD01")


def type_code_of(document_type: str, issued_by_buyer: bool) -> str | None:
    """The type code (BT-3) of a document type; an ordinary invoice that the buyer issues is self-billed."""
    if document_type == "TD01" and issued_by_buyer:
        return SELF_BILLED
    known = document_types().get(document_type)
    return known.type_code if known else SIMPLIFIED_TYPES.get(document_type)


def nature(code: str | None) -> Nature | None:
    """The nature with this code, None where there is none."""
    return natures().get(code or "")


def nature_of(category: str | None) -> str | None:
    """The nature that a VAT category (BT-151) stands for by itself, None where it needs to be named."""
    return _NATURE_OF.get(category or "")


def mp_of(means_code: str | None, means_text: str | None) -> str | None:
    """The means of payment for BT-81; an MP code at the head of BT-82 is exact and goes first."""
    named = (means_text or "").split(" ")[0]
    return named if named in payment_means() else _mp_of_means_code().get(means_code or "")
