"""Documents that are long, wide or full of digits get the official verdict as well."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from lxml import etree

from formats.ubl.names import CAC, CBC
from tests import judge
from tests.judges.pairs import PROFILES
from tests.judges.seeds import seeds_of
from tests.judges.sides import compare

NAMES = {"cac": CAC, "cbc": CBC}


def found(element: etree._Element, path: str) -> etree._Element:
    """The first element at a path."""
    one = element.find(path, NAMES)
    assert one is not None, path
    return one


def of_many_categories(root: etree._Element) -> None:
    """60 rows of VAT, each with a line of its own; 300 take the official rules ten seconds."""
    row, line = found(root, "cac:TaxTotal/cac:TaxSubtotal"), found(root, "cac:InvoiceLine")
    for number in range(60):
        for group, category in ((row, "cac:TaxCategory"), (line, "cac:Item/cac:ClassifiedTaxCategory")):
            copy = deepcopy(group)
            found(copy, f"{category}/cbc:Percent").text = f"{number / 10:.1f}"
            group.addnext(copy)


def of_many_lines(root: etree._Element) -> None:
    """Two hundred lines of one number."""
    line = found(root, "cac:InvoiceLine")
    for _ in range(200):
        line.addnext(deepcopy(line))


def with_a_long_text(root: etree._Element) -> None:
    """A megabyte in one note."""
    found(root, "cbc:Note").text = "#AAI#" + "no end " * 150_000


def full_of_digits(root: etree._Element) -> None:
    """Thirty digits in each amount."""
    for amount in root.iterfind(".//*[@currencyID]"):
        amount.text = f"1234567890123456789012345678{amount.text}"


def in_scientific_notation(root: etree._Element) -> None:
    """Amounts as doubles, which no amount may be."""
    for amount in root.iterfind(".//*[@currencyID]"):
        amount.text = f"{amount.text}E0"


def in_the_year_0(root: etree._Element) -> None:
    """Dates before there were any."""
    for element in root.iter(f"{{{CBC}}}IssueDate", f"{{{CBC}}}DueDate", f"{{{CBC}}}StartDate"):
        element.text = "0000-02-29"


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "change",
    [of_many_categories, of_many_lines, with_a_long_text, full_of_digits, in_scientific_notation, in_the_year_0],
    ids=lambda change: change.__name__,
)
def test_the_verdict_is_the_official_one(change: Callable[[etree._Element], None], profile: str) -> None:
    (seed,) = (one for one in seeds_of(profile) if one.name == "everything")
    root = etree.fromstring(seed.content)
    change(root)
    document = etree.tostring(root, encoding="UTF-8")
    for pair in PROFILES[profile]:
        judge.stylesheet(pair.official)  # skips where it is not installed
        assert compare(pair, document).difference is None
