"""Cuts one invoice out of a file with several: the header that they share, and one body."""

from copy import deepcopy

from lxml import etree

from formats import xml

_BODY = "FatturaElettronicaBody"
_HEADER = "FatturaElettronicaHeader"
# What `xml.serialize` writes before the children: the declaration, and the root's start tag on the second line.
_FIRST_LINES = 2


def cut_out(root: etree._Element, position: int) -> bytes:
    """A document with the body at this position (from 0) alone; a signature of the whole file is left out.

    Header and body stay on their lines, so that what is found in the document can be found in the file.
    """
    header = _children(root, _HEADER)[0]
    body = _children(root, _BODY)[position]
    document = etree.Element(root.tag, dict(root.attrib), nsmap=root.nsmap)
    document.text = _line_ends(_FIRST_LINES, header.sourceline)
    head = deepcopy(header)
    last_line = (header.sourceline or 0) + etree.tostring(header, with_tail=False).count(b"\n")
    head.tail = _line_ends(last_line, body.sourceline)
    document.append(head)
    document.append(deepcopy(body))
    return xml.serialize(document)


def _children(root: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in root.iterchildren(etree.Element) if etree.QName(child).localname == name]


def _line_ends(line: int, next_line: int | None) -> str:
    return "\n" * max(0, (next_line or 0) - line)
