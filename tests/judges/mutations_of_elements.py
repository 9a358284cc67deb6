"""A change to which elements there are, where they stand and what they are called."""

from copy import deepcopy
from typing import Final

from lxml import etree

from formats.ubl.names import CAC, CBC, CREDIT_NOTE, INVOICE
from tests.judges.values import near, odd_value
from tests.judges.vocabulary import place_of
from tests.judges.workshop import Workshop

EXT: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
_NAMESPACES: Final = {"cac": CAC, "cbc": CBC, "ext": EXT}
_ORDER_NAMESPACE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Order-2"


def remove(root: etree._Element, shop: Workshop) -> etree._Element:
    """An element is left out."""
    _take_out(shop.element(root))
    return root


def repeat(root: etree._Element, shop: Workshop) -> etree._Element:
    """An element is stated twice, side by side or at the end."""
    element = shop.element(root)
    around = element.getparent()
    if around is not None:
        copy = deepcopy(element)
        around.insert(shop.random.choice((around.index(element) + 1, len(around))), copy)
        if shop.random.random() < 0.3 and len(copy) == 0:
            copy.text = near(shop.random, copy.text or "")
    return root


def move(root: etree._Element, shop: Workshop) -> etree._Element:
    """An element stands in another group."""
    element, group = shop.element(root), shop.group(root)
    if element is not root and group is not element and element not in group.iterancestors():
        _take_out(element)
        group.insert(shop.random.randint(0, len(group)), element)
    return root


def reorder(root: etree._Element, shop: Workshop) -> etree._Element:
    """The children of a group come in another order."""
    group = shop.group(root)
    children = list(group)
    shop.random.shuffle(children)
    group[:] = children
    return root


def nest(root: etree._Element, shop: Workshop) -> etree._Element:
    """An element inside of a value."""
    leaf = shop.leaf(root)
    child = etree.SubElement(leaf, shop.random.choice((leaf.tag, f"{{{CBC}}}ID", "{urn:x}x", f"{{{CAC}}}Party")))
    child.text = shop.random.choice((leaf.text, "", odd_value(shop.random)))
    return root


def wrap(root: etree._Element, shop: Workshop) -> etree._Element:
    """An element around another one; its own once more, or one of no standard."""
    element = shop.element(root)
    around = element.getparent()
    tag = shop.random.choice((element.tag, f"{{{CAC}}}Party", "{urn:x}Envelope", f"{{{CAC}}}Item"))
    if around is None:
        return root
    wrapped = etree.Element(tag, nsmap=root.nsmap)
    around.replace(element, wrapped)
    wrapped.append(element)
    return root


def unwrap(root: etree._Element, shop: Workshop) -> etree._Element:
    """The children of a group stand where the group stood."""
    group = shop.group(root)
    around = group.getparent()
    if around is not None:
        at = around.index(group)
        around[at : at + 1] = list(group)
    return root


def rename(root: etree._Element, shop: Workshop) -> etree._Element:
    """An element under another name, of its own namespace, another one or none."""
    element = shop.element(root)
    local = etree.QName(element).localname
    others = sorted({str(one.tag) for one in root.iter(etree.Element)})
    element.tag = shop.random.choice(
        (f"{{{CAC}}}{local}", f"{{{CBC}}}{local}", local, f"{{urn:x}}{local}", shop.random.choice(others))
    )
    return root


def plant(root: etree._Element, shop: Workshop) -> etree._Element:
    """An element that a rule speaks of, where its path begins or anywhere."""
    steps = [f"{{{_NAMESPACES[prefix]}}}{local}" for prefix, _, local in _steps(shop)]
    begins = list(root.iter(steps[0]))
    if begins and shop.random.random() < 0.7:
        group, steps = shop.random.choice(begins), steps[1:] or steps
    else:
        group = root if shop.random.random() < 0.5 else shop.group(root)
    for tag in steps:
        here = group.find(tag)
        group = here if here is not None and shop.random.random() < 0.8 else etree.SubElement(group, tag)
    if len(group) == 0 and not group.text:
        known = shop.words.values.get(place_of(group), ("1",))
        group.text = shop.random.choice(known) if shop.random.random() < 0.8 else odd_value(shop.random)
    return root


def sow(root: etree._Element, shop: Workshop) -> etree._Element:
    """A dozen elements that rules speak of."""
    for _ in range(12):
        plant(root, shop)
    return root


def graft(root: etree._Element, shop: Workshop) -> etree._Element:
    """A part of another document, instead of the same one here or beside it."""
    part = deepcopy(shop.element(etree.fromstring(shop.random.choice(shop.spare))))
    same = list(root.iter(str(part.tag)))
    at = shop.random.choice(same) if same else None
    around = at.getparent() if at is not None else None
    if at is None or around is None:
        shop.group(root).append(part)
    elif shop.random.random() < 0.5:
        around.replace(at, part)
    else:
        around.insert(around.index(at) + 1, part)
    return root


def change_root(root: etree._Element, shop: Workshop) -> etree._Element:
    """An invoice says that it is a credit note, or anything else."""
    is_invoice = root.tag == INVOICE
    other = CREDIT_NOTE if is_invoice else INVOICE
    kind = shop.random.random()
    if kind < 0.4:
        return _converted(root, other, is_invoice)
    if kind < 0.5:
        return deepcopy(shop.group(root))
    if kind < 0.6:
        envelope = etree.Element("{urn:x}Envelope")
        envelope.append(root)
        return envelope
    tags = (other, "Invoice", "{urn:x}Invoice", f"{{{_ORDER_NAMESPACE}}}Order", f"{{{CAC}}}InvoiceLine")
    return _under(root, shop.random.choice((*tags, f"{{{CAC}}}AllowanceCharge", f"{{{CBC}}}ID")))


def _steps(shop: Workshop) -> list[tuple[str, str, str]]:
    path = shop.random.choice(shop.words.paths or ("cbc:ID",))
    return [step.partition(":") for step in path.split("/")]


def _take_out(element: etree._Element) -> None:
    around = element.getparent()
    if around is not None:
        around.remove(element)


def _under(root: etree._Element, tag: str) -> etree._Element:
    changed = etree.Element(tag, nsmap={key: value for key, value in root.nsmap.items() if key})
    changed.extend(list(root))
    return changed


def _converted(root: etree._Element, tag: str, is_invoice: bool) -> etree._Element:
    """The invoice as a credit note with the names of one, or the other way round."""
    names = (
        ("InvoiceLine", "CreditNoteLine"),
        ("InvoicedQuantity", "CreditedQuantity"),
        ("InvoiceTypeCode", "CreditNoteTypeCode"),
    )
    renamed = {
        f"{{{space}}}{old}": f"{{{space}}}{new}"
        for pair in names
        for space in (CAC, CBC)
        for old, new in ((pair if is_invoice else pair[::-1]),)
    }
    for element in root.iter(etree.Element):
        element.tag = renamed.get(str(element.tag), str(element.tag))
    return _under(root, tag)
