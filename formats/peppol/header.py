"""The header of an envelope: its values, and the rules of Peppol for it (Business Message Envelope 2.0.2).

House ids: GW-SBDH-ROOT, -HEADER, -VERSION, -SENDER, -RECEIVER, -STANDARD, -TYPE, -TYPE-VERSION, -INSTANCE, -CREATED,
-SCOPE, -DOCUMENT-TYPE, -PROCESS, -COUNTRY, -MLS, -DOCUMENT.
"""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from lxml import etree

from formats.checking import Finding, Severity
from formats.en16931 import Place
from formats.peppol.identifiers import (
    EXACT_SCHEME,
    PARTICIPANT_SCHEME,
    PROCESS_SCHEME,
    DocumentTypeId,
    NotAnIdentifier,
    ParticipantId,
    ProcessId,
)

NAMESPACE: Final = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
# What is no XML stands in the envelope as BinaryContent or TextContent of this namespace.
CONTENT_NAMESPACE: Final = "http://peppol.eu/xsd/ticc/envelope/1.0"
ROOT: Final = f"{{{NAMESPACE}}}StandardBusinessDocument"
HEADER: Final = f"{{{NAMESPACE}}}StandardBusinessDocumentHeader"
VERSION: Final = "1.0"
PARTS: Final = ("HeaderVersion", "Sender", "Receiver", "DocumentIdentification", "Manifest", "BusinessScope")

DOCUMENT_TYPE, PROCESS, COUNTRY = "DOCUMENTID", "PROCESSID", "COUNTRY_C1"
MLS_TO, MLS_TYPE = "MLS_TO", "MLS_TYPE"
KNOWN_SCOPES: Final = (DOCUMENT_TYPE, PROCESS, COUNTRY, MLS_TO, MLS_TYPE)
MLS_TYPES: Final = ("FAILURE_ONLY", "ALWAYS_SEND")

_COUNTRY = re.compile(r"[A-Z0-9]{2}")
_CREATED = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
Named = TypeVar("Named")


class UnusableHeader(ValueError):
    """A header that Peppol would refuse; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Sbdh:
    """The header of an envelope.

    sender, receiver:     C1 and C4, the ends of the four corners
    document_type:        what is inside
    process:              in which business process
    country:              of the sender (C1), ISO 3166-1 alpha-2
    instance_identifier:  of this envelope, unique in the world: status messages speak of it
    created:              with a time zone
    mls_to, mls_type:     who wants a Message Level Status, and when (`FAILURE_ONLY`, `ALWAYS_SEND`)
    further:              other scopes, as (type, value)
    """

    sender: ParticipantId
    receiver: ParticipantId
    document_type: DocumentTypeId
    process: ProcessId
    country: str
    instance_identifier: str
    created: datetime.datetime
    mls_to: ParticipantId | None = None
    mls_type: str | None = None
    further: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not _COUNTRY.fullmatch(self.country):
            raise UnusableHeader(f"the country of the sender must be two letters such as BE, not {self.country!r}")
        if not self.instance_identifier.strip():
            raise UnusableHeader("the instance identifier is empty")
        if self.created.tzinfo is None:
            raise UnusableHeader(f"the time of creation {self.created.isoformat()} has no time zone")
        if self.mls_type is not None and self.mls_type not in MLS_TYPES:
            raise UnusableHeader(f"{self.mls_type!r} is not one of {', '.join(MLS_TYPES)}")


def wrong(code: str, message: str, fix: str, element: etree._Element, severity: Severity = Severity.FATAL) -> Finding:
    """A finding about an envelope."""
    name = etree.QName(element).localname
    place = Place(line=element.sourceline, xpath=f"//sh:{name}")
    return Finding(f"GW-SBDH-{code}", "", message, fix, severity, str(place))


def read_header(header: etree._Element, document: etree._Element | None, findings: list[Finding]) -> Sbdh | None:
    """The header, None where something that Peppol demands is missing or wrong; what it is goes to `findings`.

    document: the document in the envelope, None where there is none to compare the header with
    """
    reader = _HeaderReader(header, findings)
    reader.check_order()
    reader.check_version()
    sender, receiver = reader.participant("Sender"), reader.participant("Receiver")
    instance, created = reader.instance_identifier(), reader.created()
    scopes = reader.scopes()
    document_type = reader.document_type(scopes)
    process = reader.process(scopes)
    country = reader.country(scopes)
    mls_to, mls_type = reader.mls(scopes)
    if document is not None and document_type is not None:
        reader.compare(document_type, document)
    if not (sender and receiver and instance and created and document_type and process and country):
        return None
    further = tuple((kind, one.value) for kind, one in scopes.items() if kind not in KNOWN_SCOPES)
    return Sbdh(sender, receiver, document_type, process, country, instance, created, mls_to, mls_type, further)


@dataclass(frozen=True, slots=True)
class _Scope:
    """One scope: its value, the scheme of the value ("" where none is stated), and where it stands."""

    value: str
    scheme: str
    element: etree._Element


class _HeaderReader:
    """Reads one header and notes what is wrong with it."""

    def __init__(self, header: etree._Element, findings: list[Finding]) -> None:
        self.header, self.findings = header, findings
        self.identification = self._only(header, "DocumentIdentification", "STANDARD")

    def check_order(self) -> None:
        """The parts of the header stand in the order of its schema, and there are no others."""
        names = [etree.QName(child).localname for child in self.header.iterchildren("*")]
        if any(name not in PARTS for name in names) or names != sorted(names, key=PARTS.index):
            message = f"The header holds {', '.join(names)}; that is not the order of its schema."
            self._note("HEADER", message, f"State {', '.join(PARTS)} in this order.", self.header)

    def check_version(self) -> None:
        """HeaderVersion is 1.0."""
        version = _text(self.header, "HeaderVersion")
        if version != VERSION:
            self._note("VERSION", f"HeaderVersion is {version!r}; Peppol knows 1.0.", "Write 1.0.", self.header)

    def participant(self, role: str) -> ParticipantId | None:
        """Exactly one sender or receiver, under the scheme of Peppol."""
        partner = self._only(self.header, role, role.upper())
        if partner is None:
            return None
        identifier = partner.find(f"{{{NAMESPACE}}}Identifier")
        authority = "" if identifier is None else identifier.get("Authority", "").strip()
        return self._named(
            lambda text: ParticipantId(text, authority), _text(partner, "Identifier"), role.upper(), partner
        )

    def instance_identifier(self) -> str | None:
        """The identifier of this envelope."""
        if self.identification is None:
            return None
        instance = _text(self.identification, "InstanceIdentifier")
        if not instance:
            message = "The envelope has no InstanceIdentifier."
            self._note("INSTANCE", message, "Give each envelope one of its own, such as a UUID.", self.identification)
        return instance or None

    def created(self) -> datetime.datetime | None:
        """When the envelope was made. One without a time zone is taken as UTC, with a warning."""
        if self.identification is None:
            return None
        text = _text(self.identification, "CreationDateAndTime")
        try:
            created = datetime.datetime.fromisoformat(text) if _CREATED.fullmatch(text) else None
        except ValueError:
            created = None
        fix = "Write date, time and zone: 2026-11-30T12:00:00Z."
        if created is None:
            self._note("CREATED", f"CreationDateAndTime is {text!r}, which is no time.", fix, self.identification)
        elif created.tzinfo is None:
            message = f"CreationDateAndTime {text} has no time zone; it was taken as UTC."
            self.findings.append(wrong("CREATED", message, fix, self.identification, Severity.WARNING))
            return created.replace(tzinfo=datetime.UTC)
        return created

    def scopes(self) -> dict[str, _Scope]:
        """The scopes by their type; one that is stated twice is wrong."""
        found: dict[str, _Scope] = {}
        for element in self.header.iterfind(f"{{{NAMESPACE}}}BusinessScope/{{{NAMESPACE}}}Scope"):
            kind = _text(element, "Type")
            if kind in found:
                self._note("SCOPE", f"The scope {kind} is stated twice.", "State each scope once.", element)
            found.setdefault(kind, _Scope(_text(element, "InstanceIdentifier"), _text(element, "Identifier"), element))
        return found

    def document_type(self, scopes: dict[str, _Scope]) -> DocumentTypeId | None:
        """The scope DOCUMENTID; older envelopes do not state its scheme."""
        scope = self._scope(scopes, DOCUMENT_TYPE)
        if scope is None:
            return None
        scheme = scope.scheme or EXACT_SCHEME
        return self._named(lambda text: DocumentTypeId(text, scheme), scope.value, "DOCUMENT-TYPE", scope.element)

    def process(self, scopes: dict[str, _Scope]) -> ProcessId | None:
        """The scope PROCESSID; older envelopes do not state its scheme."""
        scope = self._scope(scopes, PROCESS)
        if scope is None:
            return None
        scheme = scope.scheme or PROCESS_SCHEME
        return self._named(lambda text: ProcessId(text, scheme), scope.value, "PROCESS", scope.element)

    def country(self, scopes: dict[str, _Scope]) -> str | None:
        """The scope COUNTRY_C1, mandatory since 2024."""
        scope = self._scope(scopes, COUNTRY)
        if scope is None:
            return None
        if not _COUNTRY.fullmatch(scope.value):
            message = f"COUNTRY_C1 is {scope.value!r}, which is no country code."
            self._note("COUNTRY", message, "State the country of the sender: BE.", scope.element)
            return None
        return scope.value

    def mls(self, scopes: dict[str, _Scope]) -> tuple[ParticipantId | None, str | None]:
        """The scopes MLS_TO and MLS_TYPE, which may be absent."""
        to, kind = scopes.get(MLS_TO), scopes.get(MLS_TYPE)
        address: ParticipantId | None = None
        if to is not None:
            scheme = to.scheme
            address = self._named(lambda text: ParticipantId(text, scheme), to.value, "MLS", to.element)
        if kind is None:
            return address, None
        if kind.value not in MLS_TYPES:
            message = f"MLS_TYPE is {kind.value!r}; Peppol knows {' and '.join(MLS_TYPES)}."
            self._note("MLS", message, "State one of them, or leave the scope out.", kind.element)
            return address, None
        return address, kind.value

    def compare(self, document_type: DocumentTypeId, document: etree._Element) -> None:
        """What the header says of the document, against the document type and the document itself."""
        if self.identification is None:
            return
        standard, version, kind = (_text(self.identification, name) for name in ("Standard", "TypeVersion", "Type"))
        name = etree.QName(document)
        is_xml = name.namespace != CONTENT_NAMESPACE
        if standard != document_type.namespace or (is_xml and standard != name.namespace):
            message = f"Standard is {standard!r}; the document is of {name.namespace!r}, its type {document_type}."
            self._note("STANDARD", message, "State the namespace of the document's root.", self.identification)
        if is_xml and (":" in version or version != document_type.version):
            message = f"TypeVersion is {version!r}; the document type ends with {document_type.version!r}."
            self._note("TYPE-VERSION", message, "State the last part of the document type.", self.identification)
        if is_xml and (kind != name.localname or kind != document_type.root):
            message = f"Type is {kind!r}; the root of the document is {name.localname}, its type {document_type}."
            self._note("TYPE", message, "State the name of the document's root element.", self.identification)

    def _only(self, parent: etree._Element, name: str, code: str) -> etree._Element | None:
        found = parent.findall(f"{{{NAMESPACE}}}{name}")
        if len(found) != 1:
            message = f"The header has {len(found)} elements {name}; it must have exactly one."
            self._note(code, message, f"State one {name}.", parent)
        return found[0] if len(found) == 1 else None

    def _scope(self, scopes: dict[str, _Scope], kind: str) -> _Scope | None:
        if kind not in scopes:
            message = f"The header has no scope {kind}."
            self._note("SCOPE", message, f"State {DOCUMENT_TYPE}, {PROCESS} and {COUNTRY}.", self.header)
        return scopes.get(kind)

    def _named(self, name: Callable[[str], Named], text: str, code: str, element: etree._Element) -> Named | None:
        try:
            return name(text)
        except NotAnIdentifier as error:
            fix = f"Use the identifiers of Peppol; participants stand under {PARTICIPANT_SCHEME}."
            self._note(code, f"This is not an identifier of Peppol: {error}.", fix, element)
            return None

    def _note(self, code: str, message: str, fix: str, element: etree._Element) -> None:
        self.findings.append(wrong(code, message, fix, element))


def _text(parent: etree._Element, name: str) -> str:
    return (parent.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()
