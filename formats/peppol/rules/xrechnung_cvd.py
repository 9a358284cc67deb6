"""XRechnung for clean vehicles, BR-DE-CVD-*: a line says what vehicle it is about, and how clean it is.

They apply where the specification identifier (BT-24) is that of the Clean Vehicles Directive. A vehicle is an item
with a class of the scheme CVD (BT-158, `M1`) and an attribute `cva` (BT-160, BT-161: `zero-emission`).
"""

from typing import Final

from formats.en16931 import codes
from formats.peppol.rules.comparisons import has_attribute, is_stated, says
from formats.peppol.rules.countries import is_invoice, where
from formats.peppol.rules.xrechnung_identifiers import CVD_ID
from formats.ubl.assertions import ROOT, Fail, Rule, rule
from formats.ubl.tree import Document, Element, normal, string_of

VEHICLES: Final = "CVD"
CLEANNESS: Final = "cva"
VEHICLE_CATEGORIES: Final = ("M1", "M2", "M3", "N1", "N2", "N3")
CLEANNESS_VALUES: Final = ("clean", "zero-emission", "other")
# The official rule takes a blank scheme for a known one.
ITEM_CLASS_SCHEMES: Final = codes.ITEM_CLASSES | {VEHICLES, ""}
LINES: Final = {"cac:InvoiceLine": "ubl:Invoice", "cac:CreditNoteLine": "cn:CreditNote"}
CLASS: Final = ("cac:CommodityClassification", "cbc:ItemClassificationCode")
ATTRIBUTE: Final = "cac:AdditionalItemProperty"


def _is_about_vehicles(document: Document) -> bool:
    stated = document.root.named("cbc:CustomizationID") if is_invoice(document.root) else ()
    return any(text == CVD_ID for one in stated for text in one.texts)


about_vehicles = where(_is_about_vehicles)


@rule(ROOT, asserts="BR-DE-CVD-01 BR-DE-CVD-02 BR-DE-CVD-03", matches=is_invoice)
@about_vehicles
def document(invoice: Element, fail: Fail) -> None:
    """The contract (BT-12), the tender (BT-17), and at least one vehicle."""
    if not is_stated(invoice.all("cac:ContractDocumentReference", "cbc:ID")):
        fail("BR-DE-CVD-01", invoice)
    if not is_stated(invoice.all("cac:OriginatorDocumentReference", "cbc:ID")):
        fail("BR-DE-CVD-02", invoice)
    items = (item for name in LINES for line in invoice.named(name) for item in line.named("cac:Item"))
    if not any(has_attribute(item.all(*CLASS), "listID", VEHICLES) and _states_cleanness(item) for item in items):
        fail("BR-DE-CVD-03", invoice)


def _states_cleanness(item: Element) -> bool:
    return says(item.all(ATTRIBUTE, "cbc:Name"), CLEANNESS)


def _is_of_a_line(item: Element) -> bool:
    """Whether it is the item of a line of the document."""
    line = item.parent
    around = line.parent if line is not None else None
    return line is not None and around is not None and around.parent is None and LINES.get(line.name) == around.name


@rule(
    "cac:Item",
    asserts="BR-DE-CVD-04 BR-DE-CVD-05 BR-DE-CVD-06-a BR-DE-CVD-06-b BR-TMP-CVD-01",
    matches=_is_of_a_line,
)
@about_vehicles
def item(one: Element, fail: Fail) -> None:
    """A vehicle has one class of the scheme CVD and says once how clean it is, each from its list."""
    classes = one.all(*CLASS)
    vehicles = [each for each in classes if each.get("listID") == VEHICLES]
    attributes = [each for each in one.named(ATTRIBUTE) if says(each.named("cbc:Name"), CLEANNESS)]
    if vehicles and len(attributes) != 1:
        fail("BR-DE-CVD-06-a", one, count=len(attributes))
    if attributes and len(vehicles) != 1:
        fail("BR-DE-CVD-06-b", one, count=len(vehicles))
    for each in classes:
        _class_is_known(each, fail)
    for attribute in attributes:
        if attribute.trimmed("cbc:Value") not in CLEANNESS_VALUES:
            stated = attribute.first.get("cbc:Value", attribute)
            fail("BR-DE-CVD-05", stated, allowed=", ".join(CLEANNESS_VALUES))


def _class_is_known(stated: Element, fail: Fail) -> None:
    scheme = normal(stated.get("listID") or "")
    if scheme not in ITEM_CLASS_SCHEMES:
        fail("BR-TMP-CVD-01", stated, scheme=scheme)
    if scheme == VEHICLES and normal(string_of(stated)) not in VEHICLE_CATEGORIES:
        fail("BR-DE-CVD-04", stated, allowed=", ".join(VEHICLE_CATEGORIES))


RULES: Final[tuple[Rule, ...]] = (document, item)
