"""What a reader writes down while it reads one document: what is wrong, what is left over, where each value stood."""

from dataclasses import dataclass, field
from typing import Final

from formats.checking import Finding, Severity
from formats.en16931 import Place
from formats.ubl.tree import Document, Element, content_of

# A document with more faults than this is not read value by value any more: nobody would read the list.
MAX_FINDINGS: Final = 1_000
MAX_LEFTOVERS: Final = 100
_QUOTED: Final = 60


@dataclass(slots=True)
class Leftover:
    """Elements of one name and position in the tree that the canonical model has no place for.

    path:    the business group around the first one
    first:   the place of the first one
    sample:  what the first one says, cut short
    count:   how many there are
    """

    path: str
    first: Place
    sample: str
    count: int = 1


@dataclass(slots=True)
class Notebook:
    """The notes of one reader about one document.

    document:      the document that is read
    above:         the location path down to the document's root: "" unless the document stands in an envelope
    currency:      the invoice currency (BT-5), as soon as it is known
    vat_currency:  the VAT accounting currency (BT-6)
    creditor:      the bank assigned creditor identifier (BT-90), which stands with a party
    places:        the place of every value, only where somebody asked for them
    """

    document: Document
    above: str = ""
    currency: str | None = None
    vat_currency: str | None = None
    creditor: str | None = None
    places: dict[str, Place] | None = None
    findings: list[Finding] = field(default_factory=list)
    unlisted: int = 0
    leftovers: dict[str, Leftover] = field(default_factory=dict)
    more_leftovers: int = 0

    def add(self, finding: Finding) -> None:
        """Keep a finding; beyond a thousand only their number is kept."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)
        else:
            self.unlisted += 1

    def leave(self, name_path: str, element: Element, path: str, xpath: str) -> None:
        """An element that nobody asked for, listed under its location path without positions (`name_path`)."""
        known = self.leftovers.get(name_path)
        if known is not None:
            known.count += 1
        elif len(self.leftovers) < MAX_LEFTOVERS:
            self.leftovers[name_path] = Leftover(
                path, Place(line=self.document.line_of(element), xpath=xpath), quoted(element)
            )
        else:
            self.more_leftovers += 1

    def closed(self) -> tuple[Finding, ...]:
        """All findings, those about leftovers at the end."""
        found = [*self.findings]
        if self.unlisted:
            found.append(
                Finding(
                    "GW-UBL-MANY",
                    "",
                    f"The document has {self.unlisted:,} more faults, which are not listed.",
                    "Correct the ones that are listed first; the others are most likely of the same kind.",
                )
            )
        found.extend(_left_over(name_path, one) for name_path, one in self.leftovers.items())
        if self.more_leftovers:
            found.append(
                _information(
                    "", f"The document has {self.more_leftovers:,} more elements that EN 16931 has no term for.", ""
                )
            )
        return tuple(found)


def quoted(element: Element) -> str:
    """What an element says, cut short for a message."""
    text = " ".join(content_of(element).split())
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _left_over(name_path: str, leftover: Leftover) -> Finding:
    name = name_path.rpartition("/")[2]
    times = f" ({leftover.count:,} times)" if leftover.count > 1 else ""
    says = f", which says “{leftover.sample}”" if leftover.sample else ""
    message = f"{name}{times}{says}, has no business term in EN 16931 and is not carried into other formats."
    return _information(leftover.path, message, str(leftover.first))


def _information(path: str, message: str, where: str) -> Finding:
    return Finding(
        "GW-UBL-NOT-CARRIED",
        path,
        message,
        "Nothing, if the receiver can do without it; it stays in the original file.",
        Severity.INFORMATION,
        where,
    )
