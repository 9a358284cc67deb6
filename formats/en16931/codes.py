"""The codes that EN 16931-1 allows in coded terms (section 6.5.5 and the code lists published with it).

`codes.txt` holds them, one section a list, in the state of the official rule set 1.3.16 (2026-04).
"""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Final

Codes = frozenset[str]


def _sections(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """The lists in the file: their names and their codes."""
    codes: list[str] = []
    for line in lines:
        if line.startswith("["):
            codes = []
            yield line[1:].partition("]")[0], codes
        elif not line.startswith("#"):
            codes.extend(line.split())


def _read() -> dict[str, Codes]:
    lines = files("formats.en16931").joinpath("codes.txt").read_text("ascii").splitlines()
    return {name: frozenset(codes) for name, codes in list(_sections(lines))}


_LISTS: Final = _read()

INVOICE_TYPES: Final = _LISTS["invoice-types"]
CREDIT_NOTE_TYPES: Final = _LISTS["credit-note-types"]
CURRENCIES: Final = _LISTS["currencies"]
VAT_POINT_DATES: Final = _LISTS["vat-point-dates"]
OBJECT_SCHEMES: Final = _LISTS["object-schemes"]
NOTE_SUBJECTS: Final = _LISTS["note-subjects"]
IDENTIFIER_SCHEMES: Final = _LISTS["identifier-schemes"]
ITEM_CLASSES: Final = _LISTS["item-classes"]
COUNTRIES: Final = _LISTS["countries"]
PAYMENT_MEANS: Final = _LISTS["payment-means"]
VAT_CATEGORIES: Final = _LISTS["vat-categories"]
ALLOWANCE_REASONS: Final = _LISTS["allowance-reasons"]
CHARGE_REASONS: Final = _LISTS["charge-reasons"]
EXEMPTION_REASONS: Final = _LISTS["exemption-reasons"]
UNITS: Final = _LISTS["units"]
ENDPOINT_SCHEMES: Final = _LISTS["endpoint-schemes"]

# A VAT identifier begins with its country; Greece writes EL (BR-CO-09).
VAT_PREFIXES: Final = COUNTRIES | {"EL"}
# Files that every receiver can open (BR-CL-24, section 6.5.8).
MEDIA_TYPES: Final = frozenset(
    {
        "application/pdf",
        "image/png",
        "image/jpeg",
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    }
)
