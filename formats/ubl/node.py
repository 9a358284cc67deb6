"""One element of a UBL document while it is read.

A node groups its children by name once and hands each of them out once; what nobody asks for is listed at the
end, so nothing is lost in silence. Every question names the business term it is about (`BT-131`), so a wrong
value becomes a finding with its path and its place. A number that begins with a slash is counted from the
document (`/BT-8` inside `cac:InvoicePeriod`), one that begins with `../` from the group around this one.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Concatenate, ParamSpec, TypeVar

from formats.checking import Finding
from formats.en16931 import Identifier, Place
from formats.en16931.terms import Group
from formats.ubl import faults
from formats.ubl.lexical import BLANKS, boolean_of, date_of, decimal_of
from formats.ubl.notebook import Notebook, quoted
from formats.ubl.tree import Element, content_of

AnyGroup = TypeVar("AnyGroup", bound=Group)
Value = TypeVar("Value")
More = ParamSpec("More")


class Node:
    """An element, its children by name, and where it stands: in the invoice (`number`) and in the file (`step`)."""

    __slots__ = ("_careful", "_first", "_repeated", "book", "element", "number", "parent", "step")

    def __init__(
        self, element: Element, book: Notebook, step: str, number: str = "", parent: "Node | None" = None
    ) -> None:
        self.element, self.book, self.step, self.number, self.parent = element, book, step, number, parent
        self._first = element.first.copy()
        self._repeated = {} if element.more is None else {name: [*others] for name, others in element.more.items()}
        # Whether a question is more than a look into the dict: so that the many easy ones are quick.
        self._careful = bool(self._repeated) or book.places is not None

    # --- where it stands ------------------------------------------------------------------------------------------

    def path_of(self, number: str) -> str:
        """The path of a term below this group: `BT-131` in the second line is `BG-25[2]/BT-131`."""
        if number.startswith("/"):
            return number[1:]
        if number.startswith("../") and self.parent is not None:
            return self.parent.path_of(number[3:])
        above = self.parent.path_of(self.number) if self.parent is not None else self.number
        return f"{above}/{number}" if above and number else above or number

    @property
    def xpath(self) -> str:
        """Its location path, with the usual prefixes."""
        above = self.parent.xpath if self.parent is not None else self.book.above
        return f"{above}/{self.step}"

    @property
    def name_path(self) -> str:
        """Its location path without positions."""
        above = self.parent.name_path if self.parent is not None else self.book.above
        return f"{above}/{self.step.partition('[')[0]}"

    def place_of(self, name: str = "", element: Element | None = None) -> Place:
        """The place of a child, or its own."""
        stands = self.element if element is None else element
        return Place(line=self.book.document.line_of(stands), xpath=f"{self.xpath}/{name}" if name else self.xpath)

    def stands_for(self, number: str) -> None:
        """Which business group this turned out to be: an allowance or a charge, say."""
        self.number = number
        self.locate("")

    def add(self, finding: Finding, number: str, name: str = "", element: Element | None = None) -> None:
        """A finding about a child, or about this element as a whole."""
        self.book.add(replace(finding, path=self.path_of(number), where=str(self.place_of(name, element))))

    def locate(self, number: str, name: str = "", element: Element | None = None) -> None:
        """Note where a term stands, if anybody asked: in a child, or in this element itself."""
        if self.book.places is not None:
            self.book.places[self.path_of(number)] = self.place_of(name, element)

    # --- values ---------------------------------------------------------------------------------------------------

    def take(self, name: str, number: str) -> Element | None:
        """The child of this name; a second one is a finding, for the model has one place."""
        element = self._first.pop(name, None)
        if element is not None and self._careful:
            self._refuse_others(name, number, element)
            if number:
                self.locate(number, name, element)
        return element

    def text(self, name: str, number: str) -> str | None:
        """A text, code or reference; an empty element says nothing, which is a finding."""
        element = self.take(name, number)
        if element is None:
            return None
        said = element.text.strip(BLANKS) if not element.first else content_of(element)
        if not said:
            self.add(faults.empty(name), number, name, element)
        return said or None

    def verbatim(self, name: str, number: str) -> str | None:
        """A text of several lines, with the blanks around it."""
        element = self._first.get(name)
        said = self.text(name, number)
        return said if said is None or element is None or element.first else element.text

    def identifier(
        self, name: str, number: str, scheme: str = "schemeID", version: str | None = None
    ) -> Identifier | None:
        """An identifier with its scheme; `scheme` and `version` name the attributes that say them."""
        schemes = self.attribute(name, scheme), self.attribute(name, version) if version else None
        text = self.text(name, number)
        return None if text is None else Identifier(text, *schemes)

    def decimal(self, name: str, number: str) -> Decimal | None:
        """A number: a percentage, a factor."""
        element = self.take(name, number)
        return None if element is None else self._decimal_in(element, name, number)

    def amount(self, name: str, number: str, currency: str | None = None) -> Decimal | None:
        """An amount, which must be in the invoice currency (BT-5) or the one given here."""
        element = self.take(name, number)
        if element is None:
            return None
        stated, expected = element.get("currencyID"), currency or self.book.currency
        if stated != expected and stated and expected:
            self.add(faults.wrong_currency(name, quoted(element), stated, expected), number, name, element)
        return self._decimal_in(element, name, number)

    def quantity(self, name: str, number: str, unit_number: str) -> tuple[Decimal | None, str | None]:
        """A quantity with its unit of measure (UNECE Recommendation 20 and 21)."""
        unit = self.attribute(name, "unitCode", unit_number)
        return self.decimal(name, number), unit

    def date(self, name: str, number: str) -> datetime.date | None:
        """A day. A time zone is left out, with a warning: a day of an invoice has none."""
        element = self._first.get(name)
        text = self.text(name, number)
        if text is None:
            return None
        day, zone = date_of(text)
        if day is None:
            self.add(faults.no_date(name, text), number, name, element)
        elif zone:
            self.add(faults.zone(text, day), number, name, element)
        return day

    def boolean(self, name: str, number: str) -> bool | None:
        """An indicator; None, with a finding, where it is missing or neither true nor false."""
        element = self.take(name, number)
        text = "" if element is None else content_of(element)
        value = boolean_of(text)
        if value is None:
            self.add(faults.no_boolean(name, text), number)
        return value

    def _decimal_in(self, element: Element, name: str, number: str) -> Decimal | None:
        text = content_of(element)
        value = decimal_of(text)
        if value is None:
            self.add(faults.no_decimal(name, text) if text else faults.empty(name), number, name, element)
        return value

    def attribute(self, name: str, attribute: str, number: str = "") -> str | None:
        """An attribute of a child that is not taken yet; number: its business term, if it is one of its own."""
        element = self._first.get(name)
        value = None if element is None else element.get(attribute) or None
        if value is not None and number and element is not None:
            self.locate(number, f"{name}/@{attribute}", element)
        return value

    def peek(self, *names: str) -> str:
        """What a child, or a child of it, says, without taking it: `peek("cac:TaxScheme", "cbc:ID")`."""
        element: Element | None = self._first.get(names[0])
        for name in names[1:]:
            if element is None:
                return ""
            element = element.first.get(name)
        return "" if element is None else content_of(element)

    # --- groups ---------------------------------------------------------------------------------------------------

    def node(self, name: str, number: str = "") -> "Node | None":
        """A child to be read by hand; close() it afterwards."""
        element = self._first.pop(name, None)
        if element is None:
            return None
        if self._careful:
            self._refuse_others(name, number, element)
        return self._child(element, name, number)

    def nodes(self, name: str, number: str = "", numbered: bool = False) -> Iterator["Node"]:
        """All children of this name, each closed when the next one is asked for.

        numbered: whether the group repeats in the model too: `BG-25` becomes `BG-25[2]`
        """
        element = self._first.pop(name, None)
        if element is None:
            return
        others = self._repeated.pop(name, ())
        for position, each in enumerate((element, *others), 1):
            step = f"{name}[{position}]" if others else name
            child = self._child(each, step, f"{number}[{position}]" if numbered else number)
            yield child
            child.close()

    def group(
        self,
        name: str,
        number: str,
        read: Callable[Concatenate["Node", More], AnyGroup],
        *more: More.args,
        **named: More.kwargs,
    ) -> AnyGroup | None:
        """The business group that a child holds, None where it is absent or says nothing."""
        child = self.node(name, number)
        if child is None:
            return None
        group = read(child, *more, **named)
        child.close()
        return None if group == _empty(type(group)) else group

    def inside(self, *names: str, number: str) -> str | None:
        """The text of a child's child, as in `inside("cac:PartyName", "cbc:Name", number="BT-28")`."""
        element = self._first.get(names[0])
        if element is None:
            return None
        if len(names) == 2 and not self._careful and len(element.first) == 1:
            only = element.first.get(names[1])
            said = content_of(only) if only is not None and element.more is None else ""
            if said:  # the common case, without a node for one value
                del self._first[names[0]]
                return said
        child = self.node(names[0])
        if child is None:
            return None
        text = child.text(names[1], number) if len(names) == 2 else child.inside(*names[1:], number=number)
        child.close()
        return text

    def _refuse_others(self, name: str, number: str, element: Element) -> None:
        for other in self._repeated.pop(name, ()):
            self.add(faults.repeated(name, quoted(element), quoted(other)), number, name, other)

    def _child(self, element: Element, step: str, number: str) -> "Node":
        child = Node(element, self.book, step, number, self)
        if number and self._careful:
            child.locate("")
        if not child._first and not content_of(element):
            child.add(faults.empty(step), "")
        return child

    # --- what is said twice, and what is left over ----------------------------------------------------------------

    def agreed(self, number: str, kept: Value | None, said: Value | None) -> Value | None:
        """What is said in several elements and must be the same in all of them."""
        if kept is not None and said is not None and kept != said:
            self.repeats(number, kept, said)
        return said if kept is None else kept

    def repeats(self, number: str, kept: object, said: object = None) -> None:
        """This element says again what was said before (`kept`), and the model has one place for it."""
        self.add(faults.repeated(self.step.partition("[")[0], kept, said or quoted(self.element)), number)

    def skip(self, *names: str) -> None:
        """Children that say nothing about the invoice; all of them where none is named."""
        for name in names or (*self._first, *self._repeated):
            self._first.pop(name, None)
            self._repeated.pop(name, None)

    def close(self) -> None:
        """List what nobody asked for."""
        if not self._first and not self._repeated:
            return
        left = [*self._first.items(), *((name, one) for name, several in self._repeated.items() for one in several)]
        for name, element in left:
            self.book.leave(f"{self.name_path}/{name}", element, self.path_of(""), f"{self.xpath}/{name}")
        self.skip()

    def leave(self) -> None:
        """Nothing in here has a place in the model: list the element as a whole."""
        self.skip()
        self.book.leave(self.name_path, self.element, self.parent.path_of("") if self.parent else "", self.xpath)


@cache
def _empty(group: type[AnyGroup]) -> AnyGroup:
    return group()
