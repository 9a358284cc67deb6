"""The only parser of foreign XML: no DTD, no entities, no network, limits on everything.

Facts: lxml expands entities in attribute values even with `resolve_entities=False`, so any DOCTYPE is refused;
libxml2 refuses depth over 256 and text nodes over 10 MB by itself; width is ours to limit.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from lxml import etree

MAX_BYTES: Final = 20_000_000
MAX_ELEMENTS: Final = 2_000_000
MAX_ATTRIBUTES: Final = 1_000
ENCODINGS: Final = frozenset(
    {
        "UTF-8",
        "UTF8",
        "UTF-16",
        "UTF-16LE",
        "UTF-16BE",
        "ISO-8859-1",
        "WINDOWS-1252",
        "US-ASCII",
    }
)


class XmlRefused(Exception):
    """A file that is not read as XML. `code` is a house id, `fix` says what the sender can do.

    GW-XML-SIZE, GW-XML-SYNTAX, GW-XML-DOCTYPE, GW-XML-ENCODING, GW-XML-LIMIT
    """

    def __init__(
        self,
        code: str,
        message: str,
        fix: str,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.fix, self.line, self.column = (
            code,
            message,
            fix,
            line,
            column,
        )


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """What a file may be at most: bytes, elements in all, attributes of one element."""

    size: int = MAX_BYTES
    elements: int = MAX_ELEMENTS
    attributes: int = MAX_ATTRIBUTES


DEFAULT_LIMITS: Final = XmlLimits()
_DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_TOO_LONG = re.compile(r"too (?:long|big)|Resource limit exceeded")
_DOCTYPE = re.compile(rb"<!DOCTYPE\s")
_PLACE = re.compile(r"(,? line \d+)?(, line \d+, column \d+)?$")  # is stated apart
_WHITE = b" \t\r\n"
_ELEMENTS = etree.XPath("count(//*)")
_WIDE = etree.XPath("//*[count(@*) > $most]")
_HEAD: Final = 65_536
_STEP: Final = 2048  # most roots are seen in the first two kilobytes of a file


def _parser(bare: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=bare,
        remove_pis=bare,
    )


def parse(content: bytes, limits: XmlLimits = DEFAULT_LIMITS, *, bare: bool = False) -> etree._Element:
    """The root element of a foreign XML file. Raises XmlRefused with the line where reading stopped.

    bare: without comments and processing instructions: what they cut in two is one value again.
    """
    _refuse_size(content, limits)
    _refuse_unknown_encoding(content)
    with _telling_what_is_wrong(content):
        root = etree.fromstring(content, _parser(bare))
    _refuse_doctype(root)
    _refuse_width(root, limits)
    return root


@contextmanager
def _telling_what_is_wrong(content: bytes) -> Iterator[None]:
    try:
        yield
    except etree.XMLSyntaxError as error:
        if _DOCTYPE.search(content[:_HEAD]):
            # Whatever broke: an entity that is not there, or one that grows without end.
            raise _with_doctype() from None
        raise _broken(error) from None
    except ValueError as error:
        raise XmlRefused("GW-XML-SYNTAX", f"The file is not XML: {error}", "Export the file again.") from None


def _broken(error: etree.XMLSyntaxError) -> XmlRefused:
    """Why libxml2 stopped. Its own limits are no faults of the syntax, and its hint how to lift them is not for us."""
    line, column = error.position
    if "Excessive depth" in error.msg:
        what = "Elements stand within each other more than 256 levels deep; the gateway reads no deeper."
        return XmlRefused("GW-XML-LIMIT", what, "This is not an invoice; look at how the file was made.", line, column)
    if _TOO_LONG.search(error.msg):
        what = "A text in the file has more than 10,000,000 bytes, or a name is very long; the gateway reads no longer."
        return XmlRefused("GW-XML-LIMIT", what, "Send large attachments apart from the invoice.", line, column)
    return XmlRefused(
        "GW-XML-SYNTAX",
        f"The file is not well-formed XML: {_PLACE.sub('', error.msg)}.",
        "Export the file again; if it is cut off, the upload was not complete.",
        line,
        column,
    )


class Target(Protocol):
    """What is told of a file element by element, in its order."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins: `{namespace}local`."""

    def end(self, tag: str) -> None:
        """It ends."""

    def data(self, text: str) -> None:
        """A part of its text."""

    def comment(self, text: str) -> None:
        """A comment stands here."""

    def pi(self, target: str, data: str | None = None) -> None:
        """A processing instruction stands here."""

    def doctype(self, *declared: str | None) -> None:
        """A document type is declared: to be refused by `no_doctype`."""

    def close(self) -> None:
        """The file ends."""


def feed(
    content: bytes, target: Target, schema: etree.XMLSchema | None = None, limits: XmlLimits = DEFAULT_LIMITS
) -> bool:
    """Parse a foreign XML file without keeping its tree; whether it conforms to the schema, where there is one.

    Raises XmlRefused, and what the target raises.
    """
    _refuse_size(content, limits)
    _refuse_unknown_encoding(content)
    if content.count(b"<") > limits.elements:
        parse(content, limits)  # there may be too many elements: they are counted before any is told
    # A target is told of attributes with `&#38;` in them where entities are not resolved; there are none but the five
    # of XML itself, for a target refuses the document type that would declare others before it is read.
    parser = etree.XMLParser(  # type: ignore[call-overload]  # whatever close() gives is not asked for
        target=target,
        schema=schema,
        resolve_entities="internal",
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    with _telling_what_is_wrong(content):
        try:
            etree.fromstring(content, parser)
        except etree.XMLSyntaxError:
            # With a schema at hand libxml2 says what comes first in its log, often not why it stopped, nor where.
            parse(content, limits)
            raise
    return not any(entry.domain == etree.ErrorDomains.SCHEMASV for entry in parser.error_log)


def no_doctype(*_: str | None) -> None:
    """What a target does where a document type is declared."""
    raise _with_doctype()


def refuse_wide(attributes: int, most: int = MAX_ATTRIBUTES, line: int | None = None) -> None:
    """Refuse an element with so many attributes, where they are too many."""
    if attributes > most:
        raise XmlRefused(
            "GW-XML-LIMIT",
            f"An element has {attributes:,} attributes; the gateway reads at most {most:,}.",
            "This is not an invoice; look at how the file was made.",
            line,
        )


def _refuse_size(content: bytes, limits: XmlLimits) -> None:
    if len(content) > limits.size:
        raise XmlRefused(
            "GW-XML-SIZE",
            f"The file has {len(content):,} bytes; the gateway reads at most {limits.size:,}.",
            "Send large attachments apart from the invoice, or split the file.",
        )


def _refuse_unknown_encoding(content: bytes) -> None:
    declared = _DECLARED.match(content[:200])
    if declared and declared[1].decode("ascii").upper() not in ENCODINGS:
        raise XmlRefused(
            "GW-XML-ENCODING",
            f"The file declares the encoding {declared[1].decode('ascii')}, which the gateway does not read.",
            "Export the file in UTF-8.",
            1,
        )


def _refuse_doctype(root: etree._Element) -> None:
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise _with_doctype()


def _with_doctype() -> XmlRefused:
    return XmlRefused(
        "GW-XML-DOCTYPE",
        "The file has a document type declaration (DOCTYPE). Invoices have none, and the gateway reads none.",
        "Remove the DOCTYPE line and everything it declares.",
        1,
    )


def _refuse_width(root: etree._Element, limits: XmlLimits) -> None:
    count = int(_ELEMENTS(root))
    if count > limits.elements:
        raise XmlRefused(
            "GW-XML-LIMIT",
            f"The file has {count:,} elements; the gateway reads at most {limits.elements:,}.",
            "Split the file.",
        )
    for element in _WIDE(root, most=limits.attributes):
        refuse_wide(len(element.attrib), limits.attributes, element.sourceline)


def root_name(content: bytes) -> str | None:
    """The name of the root element as `{namespace}local`, from the first bytes of a file; None where it is not XML.

    Reads no further than the root's start tag, so it may be asked of any file.
    """
    return _root_of(content[:_HEAD])


@lru_cache(maxsize=4)
def _root_of(content: bytes) -> str | None:
    """The same of the beginning of a file: each format asks it of the same one."""
    head = content.lstrip(b"\xef\xbb\xbf" + _WHITE)
    if not head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return None
    parser = etree.XMLPullParser(("start",), resolve_entities=False, load_dtd=False, no_network=True)
    for start in range(0, len(content), _STEP):
        broken = False
        try:
            parser.feed(content[start : start + _STEP])
        except etree.XMLSyntaxError:
            broken = True  # what matters is whether the root was seen before the fault
        for _, element in parser.read_events():
            return str(element.tag)
        if broken:
            break
    return None


def serialize(root: etree._Element, *, pretty: bool = False) -> bytes:
    """An element as a UTF-8 document with its XML declaration."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=pretty)
