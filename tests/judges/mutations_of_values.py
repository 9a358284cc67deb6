"""A change to what an element or an attribute says."""

from lxml import etree

from formats.ubl.names import CBC
from tests.judges.values import near, odd_value, recased
from tests.judges.vocabulary import place_of
from tests.judges.workshop import Workshop


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


def empty(root: etree._Element, shop: Workshop) -> etree._Element:
    """An element with nothing in it."""
    element = shop.element(root)
    for child in list(element):
        element.remove(child)
    element.text = shop.random.choice((None, "", " ", "\n"))
    if shop.random.random() < 0.5:
        element.attrib.clear()
    return root
