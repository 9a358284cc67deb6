"""Changes to a document that a sender's software, or a person with an editor, might make."""

from collections.abc import Mapping
from random import Random
from typing import Final

from lxml import etree

from tests.judges import mutations_of_elements as elements
from tests.judges import mutations_of_values as values
from tests.judges.workshop import Mutation, Workshop

MUTATIONS: Final[Mapping[Mutation, int]] = {
    **dict.fromkeys((elements.remove, values.recode, values.miscount, elements.graft, elements.plant), 4),
    **dict.fromkeys((elements.repeat, values.retype, values.relabel, values.recode_everywhere, values.empty), 3),
    elements.sow: 2,
    **dict.fromkeys((elements.move, values.swap, values.recase, values.label), 2),
    **dict.fromkeys(
        (
            elements.reorder,
            values.cut,
            values.scribble,
            elements.nest,
            elements.wrap,
            elements.unwrap,
            elements.rename,
            elements.change_root,
        ),
        1,
    ),
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
