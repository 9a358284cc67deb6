"""What a format carries: compare an invoice with what was written and read again, without the values left behind."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from formats.en16931 import Invoice
from formats.en16931.terms import terms_of

AnyGroup = TypeVar("AnyGroup", bound=msgspec.Struct)
Numbers = tuple[tuple[str, str], ...]
Change = Callable[[str, str, object], object]


def without(invoice: Invoice, paths: Iterable[str] = ()) -> Invoice:
    """The invoice without the values and groups at these paths; a group that holds nothing is as good as absent.

    paths: `BG-25[2]/BT-131` names one value, `BG-25/BT-131` (no positions at all) names it in every line,
    `BG-24[1]` names a group with all it holds.
    """
    unwanted = frozenset(paths)
    return changed(invoice, lambda path, bare, value: None if path in unwanted or bare in unwanted else value)


def with_value(invoice: Invoice, path: str, new: object) -> Invoice:
    """The invoice with another value at a path where it states one already."""
    return changed(invoice, lambda at, _, value: new if at == path else value)


def changed(invoice: Invoice, change: Change) -> Invoice:
    """The invoice with each value and group as `change` wants it: called with path, path without positions, value."""
    return _changed(invoice, "", "", (), change) or Invoice()


def _changed(group: AnyGroup, prefix: str, bare_prefix: str, numbers: Numbers, change: Change) -> AnyGroup | None:
    """A copy of the group with what stays, None where nothing does."""
    kept: dict[str, object] = {}
    for term in terms_of(type(group), numbers):
        value = getattr(group, term.field)
        if value is None or value == ():
            continue
        members = []
        bare = f"{bare_prefix}{term.number}"
        for position, member in enumerate(value if term.repeats else (value,), 1):
            path = f"{prefix}{term.number}" + (f"[{position}]" if term.repeats else "")
            new = change(path, bare, member)
            if isinstance(new, msgspec.Struct) and term.group is not None:
                new = _changed(new, f"{path}/", f"{bare}/", term.numbers, change)
            if new is not None:
                members.append(new)
        if members:
            kept[term.field] = tuple(members) if term.repeats else members[0]
    copy = type(group)(**kept)
    return None if copy == type(group)() else copy
