"""What a format carries: compare an invoice with what was written and read again, without the values left behind."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from formats.en16931 import Invoice
from formats.en16931.terms import terms_of

AnyGroup = TypeVar("AnyGroup", bound=msgspec.Struct)
Numbers = tuple[tuple[str, str], ...]


def without(invoice: Invoice, paths: Iterable[str] = ()) -> Invoice:
    """The invoice without the values and groups at these paths; a group that holds nothing is as good as absent.

    paths: `BG-25[2]/BT-131` names one value, `BG-25/BT-131` (no positions at all) names it in every line,
    `BG-24[1]` names a group with all it holds.
    """
    return _kept(invoice, "", "", (), frozenset(paths)) or Invoice()


def _kept(group: AnyGroup, prefix: str, bare_prefix: str, numbers: Numbers, paths: frozenset[str]) -> AnyGroup | None:
    """A copy of the group with what stays, None where nothing does."""
    fields: dict[str, object] = {}
    for term in terms_of(type(group), numbers):
        value = getattr(group, term.field)
        bare = f"{bare_prefix}{term.number}"
        if value is None or value == () or bare in paths:
            continue
        staying = []
        for position, member in enumerate(value if term.repeats else (value,), 1):
            path = f"{prefix}{term.number}" + (f"[{position}]" if term.repeats else "")
            if path in paths:
                continue
            kept = member if term.group is None else _kept(member, f"{path}/", f"{bare}/", term.numbers, paths)
            if kept is not None:
                staying.append(kept)
        if staying:
            fields[term.field] = tuple(staying) if term.repeats else staying[0]
    copy = type(group)(**fields)
    return None if copy == type(group)() else copy
