"""Cutting a document out of its envelope without touching its bytes, and making it fit before it goes in.

The bytes are found by reading the tags up to the document, not by searching: a comment may hold anything. Where they
cannot stand alone (another encoding than UTF-8, a prefix that only the envelope declares), the document is written
anew from the tree: the same document in other bytes.
"""

import re
from typing import Final

from lxml import etree

from formats.xml import XmlRefused, parse

_UTF8: Final = frozenset({"UTF-8", "UTF8", "US-ASCII", "ASCII"})
_BOM: Final = b"\xef\xbb\xbf"
_DECLARATION = re.compile(rb"<\?xml\s[^>]*?(?:encoding\s*=\s*[\"']([^\"']+)[\"'][^>]*?)?\?>")
# A comment, a processing instruction, a CDATA section, or a tag, whose attributes may hold a `>`.
_MARKUP = re.compile(
    rb"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<(?P<end>/?)[^\s/>!?]+(?:[^>\"'/]++|\"[^\"]*+\"|'[^']*+'|/(?!>))*+(?P<empty>/?)>",
    re.DOTALL,
)


def without_declaration(document: bytes) -> bytes:
    """A document as it can stand inside another one: UTF-8, without byte order mark and XML declaration.

    Raises XmlRefused for a document that has a DOCTYPE, or that has to be written anew and is not XML.
    """
    body = document.removeprefix(_BOM)
    declaration = _DECLARATION.match(body)
    encoding = declaration[1] if declaration and declaration[1] else b"UTF-8"
    if not body.startswith(b"<") or encoding.decode("ascii", "replace").upper() not in _UTF8 or b"<!DOCTYPE" in body:
        return _written_anew(parse(document))
    return body[declaration.end() if declaration else 0 :].strip()


def cut_out(content: bytes, envelope: etree._Element, document: etree._Element) -> bytes:
    """The bytes of the document that stands in the envelope."""
    if (envelope.getroottree().docinfo.encoding or "UTF-8").upper() not in _UTF8:
        return _written_anew(document)
    start, after = _start_and_rest(content, list(envelope.iterchildren("*")).index(document))
    if document.getnext() is None and envelope.getnext() is None:
        cut = content[start : content.rfind(b"</")].rstrip()  # what follows is the end of the envelope
    else:
        cut = content[start : _end(content, start, after)]
    return cut if _stands_alone(cut, envelope, document) else _written_anew(document)


def _start_and_rest(content: bytes, position: int) -> tuple[int, int]:
    """Where the child element at this position (from 0) of the root begins, and where its start tag ends."""
    depth, seen = 0, -1
    for markup in _MARKUP.finditer(content):
        if markup["end"] is None:
            continue
        if markup["end"]:
            depth -= 1
            continue
        seen += depth == 1
        if depth == 1 and seen == position:
            return markup.start(), markup.end()
        depth += not markup["empty"]
    return len(content), len(content)


def _end(content: bytes, start: int, after: int) -> int:
    """Where the element that begins at `start` ends; its start tag ends at `after`."""
    if content[after - 2 : after] == b"/>":
        return after
    depth = 1
    for markup in _MARKUP.finditer(content, after):
        if markup["end"] is not None:
            depth += -1 if markup["end"] else not markup["empty"]
        if depth == 0:
            return markup.end()
    return start


def _stands_alone(cut: bytes, envelope: etree._Element, document: etree._Element) -> bool:
    """Whether the bytes mean the same without the envelope: no name in them is declared out there."""
    inherited = envelope.nsmap.get(None)
    if inherited and document.xpath(
        "boolean(descendant-or-self::*[namespace-uri() = $inherited])", inherited=inherited
    ):
        return False
    if not any(f"{prefix}:".encode() in cut for prefix in envelope.nsmap if prefix):
        return bool(cut)
    try:
        return parse(cut).tag == document.tag
    except XmlRefused:
        return False


def _written_anew(document: etree._Element) -> bytes:
    return etree.tostring(document, encoding="UTF-8", xml_declaration=False, with_tail=False)
