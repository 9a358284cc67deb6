"""The XML schema of FatturaPA, made of the table of elements, and the check of a file against it (00200, 00201).

The publisher of the official schema reserves its rights, so none of it is here: this one is written from the facts,
and the tests hold it against the official one. An operator's own copy can be used as a second judge.

lxml decides "valid" first, xmlschema has the last word on what lxml turns away: lxml refuses a few things that are
right (blanks around a date), and xmlschema takes a hundred times as long.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Final, TypeAlias

from lxml import etree

from formats import xml
from formats.checking import CheckSet, Finding, Severity, check
from formats.fatturapa.elements import (
    ROOT_TYPE,
    SIGNATURE_NAMESPACE,
    SYSTEM_TYPE,
    VERSION_TYPE,
    Element,
    Form,
    SimpleType,
    form_of,
    ordinary,
    simplified,
)
from formats.fatturapa.telling import told

if TYPE_CHECKING:
    import xmlschema

MOST_ERRORS: Final = 50
Errors: TypeAlias = tuple[tuple[str, str], ...]
"""Where a document breaks its schema: place and reason."""


def schema_text(form: Form) -> str:
    """The schema of one form as an XSD document."""
    return "\n".join(
        (
            (
                f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{form.namespace}" '
                f'targetNamespace="{form.namespace}" version="{form.version}">'
            ),
            f'<xs:element name="{form.root}" type="{ROOT_TYPE}"/>',
            *(_group(name, elements) for name, elements in form.groups.items()),
            *(_simple_type(one) for one in form.types.values()),
            "</xs:schema>\n",
        )
    )


def _group(name: str, elements: tuple[Element, ...]) -> str:
    inner = "".join(_particles(elements))
    if name != ROOT_TYPE:
        return f'<xs:complexType name="{name}"><xs:sequence>{inner}</xs:sequence></xs:complexType>'
    # What stands in the signature is for those to judge who verify it.
    signature = f'<xs:any namespace="{SIGNATURE_NAMESPACE}" processContents="skip" minOccurs="0"/>'
    return (
        f'<xs:complexType name="{name}"><xs:sequence>{inner}{signature}</xs:sequence>'
        f'<xs:attribute name="versione" type="{VERSION_TYPE}" use="required"/>'
        f'<xs:attribute name="SistemaEmittente" type="{SYSTEM_TYPE}"/></xs:complexType>'
    )


def _particles(elements: Iterable[Element]) -> Iterator[str]:
    """The elements in their order; the two alternatives, which stand side by side in the table, as one choice."""
    branches: dict[str, list[str]] = {}
    for element in elements:
        if element.alternative:
            branches.setdefault(element.alternative, []).append(_element(element, at_least=1))
            continue
        if branches:
            yield _choice(branches)
            branches = {}
        yield _element(element, element.at_least)
    if branches:
        yield _choice(branches)


def _choice(branches: dict[str, list[str]]) -> str:
    sequences = "".join(f"<xs:sequence>{''.join(branch)}</xs:sequence>" for branch in branches.values())
    return f"<xs:choice>{sequences}</xs:choice>"


def _element(element: Element, at_least: int) -> str:
    at_most = "unbounded" if element.at_most is None else element.at_most
    default = f' default="{element.default}"' if element.default else ""
    return (
        f'<xs:element name="{element.name}" type="{element.type}" '
        f'minOccurs="{at_least}" maxOccurs="{at_most}"{default}/>'
    )


def _simple_type(one: SimpleType) -> str:
    facets = (
        ("minLength", one.min_length),
        ("maxLength", one.max_length),
        ("minInclusive", one.low),
        ("maxInclusive", one.high),
        ("pattern", one.pattern),
        *(("enumeration", code) for code in one.codes),
    )
    inner = "".join(f'<xs:{name} value="{escape(str(value))}"/>' for name, value in facets if value not in (None, ""))
    return (
        f'<xs:simpleType name="{one.name}"><xs:restriction base="{one.base}">{inner}</xs:restriction></xs:simpleType>'
    )


@cache
def _fast_schema(root_tag: str) -> etree.XMLSchema:
    return etree.XMLSchema(xml.parse(schema_text(_form(root_tag)).encode()))


@cache
def _thorough_schema(root_tag: str) -> "xmlschema.XMLSchema":
    import xmlschema  # noqa: PLC0415 - a valid file never needs it, and it takes longer to load than all the rest

    return xmlschema.XMLSchema(schema_text(_form(root_tag)), defuse="always", allow="none")


def _form(root_tag: str) -> Form:
    form = form_of(root_tag)
    if form is None:
        raise ValueError(f"{root_tag} is not a root element of FatturaPA")
    return form


def errors_of(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Where a document breaks the schema of its form: place (line and path) and reason, in the order of the file.

    At most one more than SDI reads (00201).
    """
    tag = str(root.tag)
    if form_of(tag) is None:
        known = " or ".join(form.root_tag for form in (ordinary(), simplified()))
        yield "line 1", f"the root element is {tag}; FatturaPA begins with {known}"
        return
    if _fast_schema(tag).validate(root):
        return
    # xmlschema takes elements of lxml, but its protocols do not say so.
    errors = _thorough_schema(tag).iter_errors(root)  # type: ignore[arg-type]
    for count, error in enumerate(errors):
        if count > MOST_ERRORS:
            return
        yield _place(error), (error.reason or error.message or "does not conform").strip()


def _place(error: "xmlschema.XMLSchemaValidationError") -> str:
    line = f"line {error.sourceline}, " if error.sourceline else ""
    return f"{line}{error.path or ''}"


@check("00200")
def file_conforms(errors: Errors) -> Iterator[Finding]:
    """The file conforms to the schema."""
    for place, reason in errors[:MOST_ERRORS]:
        yield told("00200", "", Severity.FATAL, place, reason=f"{reason[:1].upper()}{reason[1:]}")


@check("00201")
def file_was_read_to_its_end(errors: Errors) -> Iterator[Finding]:
    """No more than 50 errors."""
    for place, _ in errors[MOST_ERRORS:]:
        yield told("00201", "", Severity.FATAL, place)


SCHEMA_CHECKS: Final[CheckSet[Errors]] = CheckSet(
    "fatturapa-schema", ordinary().version, (file_conforms, file_was_read_to_its_end)
)
