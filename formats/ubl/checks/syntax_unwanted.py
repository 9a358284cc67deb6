"""Elements and attributes that EN 16931 has no term for: UBL-CR-* and UBL-DT-08 to UBL-DT-28.

Each is told once a document, at the first place. The elements are looked for level by level, with all groups of one
path side by side: what a hundred lines have in common is seen in one look.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from formats.ubl.assertions import ROOT, Fail, Pattern, pattern, rule
from formats.ubl.checks.unwanted import ANYWHERE, ATTRIBUTES, FROM_ROOT, IDS, Place, Step
from formats.ubl.tree import Document, Element, string_of

_OBJECT: Final = "130"
"""The document type code of an invoiced object (BT-18, BT-128)."""
_FATAL: Final = frozenset({"UBL-CR-666", "UBL-CR-673"})
_OTHERS: Final = frozenset({"UBL-CR-002", "UBL-CR-412", "UBL-CR-665", "UBL-DT-18"})
WARNINGS: Final = (IDS | _OTHERS) - _FATAL
_MARKS: Final = frozenset({*ATTRIBUTES, "name"})
_NAME_FORBIDDEN: Final = (Place("UBL-DT-18", (), is_from_root=False),)


@rule(ROOT, asserts=" ".join(sorted(IDS)))
def unwanted_elements(invoice: Element, fail: Fail) -> None:
    """What the table forbids at a path from the root, and what it forbids anywhere."""
    _look([invoice], FROM_ROOT, fail, set())
    for name, places in ANYWHERE.items():
        for place in places if name in fail.document.elements else ():
            found = next((one for one in fail.document.named(name) if _lies_in(one, place, invoice)), None)
            if found is not None:
                fail(place.id, found)


def _look(groups: Sequence[Element], step: Step, fail: Fail, told: set[str]) -> None:
    """What stands in groups that all have the same path; told: the rules that have failed already."""
    present: Iterable[str] = groups[0].first if len(groups) == 1 else set().union(*[one.first for one in groups])
    for name in present:
        found = step.below.get(name)
        if found is None:
            continue
        children = [one.first[name] for one in groups if name in one.first]
        for rule_id in found.ids:
            if rule_id not in told:
                told.add(rule_id)
                fail(rule_id, children[0])
        if found.below:
            for one in groups:
                if one.more is not None and name in one.more:
                    children += one.more[name]
            _look(children, found, fail, told)


def _lies_in(element: Element, place: Place, invoice: Element) -> bool:
    """Whether the names above an element are those of a place."""
    around = element.parent
    for name in reversed(place.above):
        if around is None or around.name != name:
            return False
        around = around.parent
    return not place.is_from_root or around is invoice


def _marked(document: Document) -> dict[str, list[Element]]:
    """The elements that carry an attribute which some rule forbids somewhere, by the attribute."""
    found: dict[str, list[Element]] = {}
    for elements in document.elements.values():
        for one in [each for each in elements if each.attributes]:
            for attribute in one.attributes:
                if attribute in _MARKS:
                    found.setdefault(attribute, []).append(one)
    return found


@rule(ROOT, asserts="UBL-DT-18")
def unwanted_attributes(invoice: Element, fail: Fail) -> None:
    """What the table forbids; a name is allowed where it says a means of payment in words (BT-82)."""
    for attribute, elements in _marked(fail.document).items():
        told: set[str] = set()
        for one in elements:
            for place in _candidates(one, attribute, invoice):
                if place.id not in told and _lies_in(one, place, invoice):
                    told.add(place.id)
                    fail(place.id, one, attribute=attribute)


def _candidates(element: Element, attribute: str, invoice: Element) -> Iterable[Place]:
    """The places that may be this one, told by the names of the element and its parent."""
    name, around = element.name, element.parent
    if attribute == "name":
        return () if name == "cbc:PaymentMeansCode" else _NAME_FORBIDDEN
    parent = "" if around is None else "/" if around is invoice else around.name
    places = ATTRIBUTES[attribute]
    return (*places.get((name, parent), ()), *places.get((name, ""), ()), *places.get(("", ""), ()))


@rule(ROOT, asserts="UBL-CR-002 UBL-CR-412 UBL-CR-665 UBL-CR-666 UBL-CR-673")
def unwanted_beside_others(invoice: Element, fail: Fail) -> None:
    """What is forbidden with a certain value, in invoices alone, or beside an invoiced object (BT-18)."""
    versions = invoice.named("cbc:UBLVersionID")
    if versions and all(string_of(one) != "2.1" for one in versions):
        fail("UBL-CR-002", versions[0])
    if invoice.name != "cn:CreditNote":
        for due in invoice.all("cac:PaymentMeans", "cbc:PaymentDueDate")[:1]:
            fail("UBL-CR-412", due)
    references = fail.document.named("cac:AdditionalDocumentReference")
    objects = [one for one in references if _is_object(one)]
    _first_of(objects, "cac:Attachment", "UBL-CR-666", fail)
    _first_of(objects, "cbc:DocumentDescription", "UBL-CR-673", fail)
    schemed = (one for group in references if _is_other(group) for one in group.named("cbc:ID") if _has_scheme(one))
    for one in schemed:
        fail("UBL-CR-665", one, attribute="schemeID")
        return


def _first_of(groups: Iterable[Element], name: str, assertion: str, fail: Fail) -> None:
    found = next((one.first[name] for one in groups if name in one.first), None)
    if found is not None:
        fail(assertion, found)


def _is_object(reference: Element) -> bool:
    return any(string_of(one) == _OBJECT for one in reference.named("cbc:DocumentTypeCode"))


def _is_other(reference: Element) -> bool:
    codes = reference.named("cbc:DocumentTypeCode")
    return not codes or any(string_of(one) != _OBJECT for one in codes)


def _has_scheme(element: Element) -> bool:
    return element.get("schemeID") is not None


PATTERNS: tuple[Pattern, ...] = (
    pattern(unwanted_elements),
    pattern(unwanted_attributes),
    pattern(unwanted_beside_others),
)
