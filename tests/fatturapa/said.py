"""What a FatturaPA document says of an invoice: compares the invoice with what is read of what was written.

`tests.carried` compares whole invoices; here values also change their place: an element may be read as two terms
(CodiceCIG is BT-17 and IT-3), and lists lose members that the format does not take. So values are compared by path,
with the positions of lines, allowances and charges kept and those of smaller lists left out, each list in its order.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from formats.contract import Reading, Written
from formats.en16931 import Invoice
from formats.en16931.terms import number_of, values_of

# One element, several terms: read into all of them, whichever the invoice stated.
TOLD_TWICE = frozenset(
    {"BT-3", "IT-1", "BT-11", "IT-4", "BT-17", "IT-3", "BT-49", "IT-5", "IT-6", "BT-30", "BT-32", "BT-121", "IT-40"}
)
# Mandatory in the document, so written although the invoice is silent: regime, state of liquidation.
ASSUMED = frozenset({"IT-30", "IT-35"})

_SMALL_LIST = re.compile(r"(?<!BG-25)(?<!BG-20)(?<!BG-21)\[\d+\]")


def key_of(path: str) -> str:
    """A path without the positions in small lists."""
    return _SMALL_LIST.sub("", path)


def lost_values(invoice: Invoice, written: Written, reading: Reading) -> dict[str, list[object]]:
    """The values that the writer claims to carry and that are not read again, by path."""
    assert reading.invoice is not None
    left = {one.path for one in written.not_carried}
    claimed = _by_key((path, value) for path, _, value in values_of(invoice) if path not in left)
    read = _by_key((path, value) for path, _, value in values_of(reading.invoice))
    return {key: values for key, values in claimed.items() if not _is_within(values, read.get(key, []))}


def invented_values(invoice: Invoice, written: Written, reading: Reading) -> dict[str, list[object]]:
    """The values that are read and that the invoice neither stated nor implied, by path."""
    assert reading.invoice is not None
    stated = _by_key((path, value) for path, _, value in values_of(invoice))
    changed = {key_of(one.path) for one in written.not_carried}
    read = [(path, value) for path, _, value in values_of(reading.invoice) if not reading.provenance.is_computed(path)]
    return {
        key: values
        for key, values in _by_key(read).items()
        if number_of(key) not in TOLD_TWICE | ASSUMED
        and key not in changed
        and not _is_within(values, stated.get(key, []))
    }


def _by_key(values: Iterable[tuple[str, object]]) -> Mapping[str, list[object]]:
    found: defaultdict[str, list[object]] = defaultdict(list)
    for path, value in values:
        if number_of(path) == "BT-149" and value == Decimal(1):
            continue  # a price is of one unit where nothing else is said
        found[key_of(path)].append(value)
    return found


def _is_within(some: list[object], all_of_them: list[object]) -> bool:
    """Whether the values stand among the others in the same order."""
    rest = iter(all_of_them)
    return all(any(value == other for other in rest) for value in some)
