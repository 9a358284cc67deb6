"""One change to a document that a sender's software, or a person with an editor, might make."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Final

from lxml import etree

from formats.ubl.names import CAC, CBC, CREDIT_NOTE, INVOICE
from tests.judges.values import near, odd_value, recased
from tests.judges.vocabulary import Vocabulary, place_of

EXT: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
_NAMESPACES: Final = {"cac": CAC, "cbc": CBC, "ext": EXT}
_ORDER_NAMESPACE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Order-2"


@dataclass(frozen=True)
class Workshop:
    """What a mutation works with: the dice, words worth using, and documents to take parts from."""

    random: Random
    words: Vocabulary
    spare: Sequence[bytes]

    def element(self, root: etree._Element) -> etree._Element:
        """Any element but the root, as long as there is another."""
        found = list(root.iter(etree.Element))
        return self._one_of(found[1:] or found)

    def leaf(self, root: etree._Element) -> etree._Element:
        """An element that holds no others."""
        return self._one_of([one for one in root.iter(etree.Element) if len(one) == 0])

    def group(self, root: etree._Element) -> etree._Element:
        """An element that holds others; the root where none other does."""
        found = [one for one in root.iter(etree.Element) if len(one)]
        return self.random.choice(found) if found else root

    def _one_of(self, elements: Sequence[etree._Element]) -> etree._Element:
        """One of these; half of the time what stands once has the same chance as what stands in each line."""
        if self.random.random() < 0.5:
            return self.random.choice(elements)
        by_place: dict[str, list[etree._Element]] = {}
        for one in elements:
            by_place.setdefault(place_of(one), []).append(one)
        return self.random.choice(by_place[self.random.choice(list(by_place))])


Mutation = Callable[[etree._Element, Workshop], etree._Element]
"""Changes a document and returns its root, which may be another one than before."""


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


def swap(root: etree._Element, shop: Workshop) -> etree._Element:
    """Two values are mixed up."""
    one, other = shop.leaf(root), shop.leaf(root)
    one.text, other.text = other.text, one.text
    return root


def retype(root: etree._Element, shop: Workshop) -> etree._Element:
    """A value of another kind."""
    shop.leaf(root).text = odd_value(shop.random)
    return root


def recase(root: etree._Element, shop: Workshop) -> etree._Element:
    """The same value in other letters or with other blanks."""
    leaf = shop.leaf(root)
    leaf.text = recased(shop.random, leaf.text or "")
    return root


def miscount(root: etree._Element, shop: Workshop) -> etree._Element:
    """A number is off by a cent, has other decimals or another sign."""
    numbers = [one for one in root.iter(etree.Element) if one.get("currencyID") or one.get("unitCode")]
    leaf = shop.random.choice(numbers) if numbers else shop.leaf(root)
    leaf.text = near(shop.random, leaf.text or "")
    return root


def recode(root: etree._Element, shop: Workshop) -> etree._Element:
    """A value that others say here, or that a rule speaks of."""
    leaf = shop.leaf(root)
    here = shop.words.values.get(place_of(leaf), ())
    leaf.text = shop.random.choice(shop.random.choice((here, shop.words.phrases, shop.words.codes)) or ("ZZZ",))
    return root


def recode_everywhere(root: etree._Element, shop: Workshop) -> etree._Element:
    """A value is another one wherever it stands: another currency, another country, another VAT category."""
    leaf = shop.leaf(root)
    said, instead = leaf.text, shop.random.choice(shop.words.values.get(place_of(leaf), ("ZZZ",)))
    for element in list(root.iter(etree.Element)):
        if element.tag == leaf.tag and element.text == said:
            element.text = instead
        for key, value in element.attrib.items():
            if value == said:
                element.set(key, instead)
    return root


def empty(root: etree._Element, shop: Workshop) -> etree._Element:
    """An element with nothing in it."""
    element = shop.element(root)
    for child in list(element):
        element.remove(child)
    element.text = shop.random.choice((None, "", " ", "\n"))
    if shop.random.random() < 0.5:
        element.attrib.clear()
    return root


def relabel(root: etree._Element, shop: Workshop) -> etree._Element:
    """An attribute says something else, or is left out."""
    labelled = [one for one in root.iter(etree.Element) if one.attrib]
    if labelled:
        element = shop.random.choice(labelled)
        key = shop.random.choice(sorted(map(str, element.attrib)))
        if shop.random.random() < 0.3:
            element.attrib.pop(key)
        else:
            pools = (shop.words.marks.get(key, ()), shop.words.phrases, shop.words.codes, ("", " ", "zzz"))
            said = shop.random.choice(shop.random.choice(pools) or ("zzz",))
            element.set(key, recased(shop.random, element.get(key, "")) if shop.random.random() < 0.2 else said)
    return root


def label(root: etree._Element, shop: Workshop) -> etree._Element:
    """An attribute where there was none."""
    key = shop.random.choice(shop.words.attributes or ("schemeID",))
    said = shop.random.choice(shop.words.marks.get(key, ("zzz",)))
    shop.element(root).set(shop.random.choice((key, key, f"{{{CBC}}}{key}")), said)
    return root


def cut(root: etree._Element, shop: Workshop) -> etree._Element:
    """A comment or a processing instruction inside of a value."""
    leaf = shop.leaf(root)
    text = leaf.text or ""
    at = shop.random.randint(0, len(text))
    inside = shop.random.choice((etree.Comment(" 1 "), etree.ProcessingInstruction("page", "1")))
    leaf.text, inside.tail = text[:at], text[at:]
    leaf.append(inside)
    return root


def scribble(root: etree._Element, shop: Workshop) -> etree._Element:
    """Text beside elements."""
    element = shop.element(root)
    if shop.random.random() < 0.5:
        element.tail = odd_value(shop.random)
    else:
        shop.group(root).text = odd_value(shop.random)
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


MUTATIONS: Final[Mapping[Mutation, int]] = {
    **dict.fromkeys((remove, recode, miscount, graft, plant), 4),
    **dict.fromkeys((repeat, retype, relabel, recode_everywhere, empty), 3),
    sow: 2,
    **dict.fromkeys((move, swap, recase, label), 2),
    **dict.fromkeys((reorder, cut, scribble, nest, wrap, unwrap, rename, change_root), 1),
}
"""How often each of them is chosen."""


def mutated(content: bytes, shop: Workshop) -> bytes:
    """The document after 1 to 4 mutations, perhaps with other prefixes."""
    root = etree.fromstring(content)
    (times,) = shop.random.choices((1, 2, 3, 4), (5, 3, 1, 1))
    chosen = shop.random.choices(list(MUTATIONS), list(MUTATIONS.values()), k=times)
    for mutation in chosen:
        root = mutation(root, shop)
    changed = etree.tostring(root, encoding="UTF-8")
    return _reprefixed(changed, shop.random) if shop.random.random() < 0.05 else changed


def _reprefixed(content: bytes, random: Random) -> bytes:
    """The same document with other prefixes for the same namespaces."""
    pairs = random.choice((((b"cbc", b"b"),), ((b"cac", b"cbc0"), (b"cbc", b"cac0")), ((b"cac", b"ns2"),)))
    for old, new in pairs:
        for before in (b"<", b"</", b"xmlns:", b" "):
            after = b"=" if before == b"xmlns:" else b":"
            content = content.replace(before + old + after, before + new + after)
    return content


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
