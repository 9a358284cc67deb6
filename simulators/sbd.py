"""The Peppol envelope (SBDH), judged as a receiving access point judges it.

The XSD of the SBDH accepts most bad envelopes, so the rules are written out here: Peppol Business Message Envelope
2.0.2 and the receiver's checks that the common implementations share. Their error ids (`invalid-standard`, ...) are
kept as names.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from lxml import etree

SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
PARTICIPANT_SCHEME = "iso6523-actorid-upis"
DOCUMENT_SCHEMES = ("busdox-docid-qns", "peppol-doctype-wildcard")
PROCESS_SCHEME = "cenbii-procid-ubl"
PARTICIPANT = re.compile(r"\d{4}:[^\s]{1,130}")
COUNTRY = re.compile(r"[A-Z0-9]{2}")
MLS_TYPES = ("FAILURE_ONLY", "ALWAYS_SEND")


class EnvelopeRefused(ValueError):
    """`id`: the name of the rule that the envelope breaks."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(f"{rule}: {text}")
        self.rule = rule


@dataclass(frozen=True)
class Envelope:
    """What the access point reads from the header; ids without their schemes, which are fixed or named beside them."""

    sender: str
    receiver: str
    document_type: str
    document_scheme: str
    process: str
    process_scheme: str
    country_c1: str
    instance: str
    payload_number: str
    """The number of the business document (cbc:ID), for the script."""
    mls_to: str = ""
    mls_type: str = "FAILURE_ONLY"


def parse(content: bytes) -> etree._Element:
    """The root of an XML document. Raises EnvelopeRefused for anything that is not well-formed or has a DTD."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise EnvelopeRefused("invalid-sbd-xml", str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise EnvelopeRefused("invalid-sbd-xml", "a document type declaration")
    return root


def read_envelope(content: bytes) -> Envelope:
    """Raises EnvelopeRefused at the first rule that is broken."""
    root = parse(content)
    if root.tag != _q("StandardBusinessDocument"):
        raise EnvelopeRefused("invalid-sbd-xml", f"the root is {root.tag!r}")
    elements = [child for child in root if isinstance(child.tag, str)]
    if not elements or elements[0].tag != _q("StandardBusinessDocumentHeader"):
        raise EnvelopeRefused("missing-sbdh", "the header is not the first child")
    if len(elements) != 2:
        raise EnvelopeRefused("invalid-business-message", f"{len(elements) - 1} business messages instead of one")
    header, payload = elements
    if _text(header, "HeaderVersion") != "1.0":
        raise EnvelopeRefused("invalid-header-version", _text(header, "HeaderVersion"))
    scopes = _scopes(header)
    document_scheme, document_type = _identifier(scopes, "DOCUMENTID", DOCUMENT_SCHEMES, "document-type-identifier")
    process_scheme, process = _identifier(scopes, "PROCESSID", (PROCESS_SCHEME,), "process-identifier")
    _check_identification(header, payload, document_type)
    return Envelope(
        sender=_participant(header, "Sender"),
        receiver=_participant(header, "Receiver"),
        document_type=document_type,
        document_scheme=document_scheme,
        process=process,
        process_scheme=process_scheme,
        country_c1=_country(scopes),
        instance=_instance(header),
        payload_number=document_number(payload),
        mls_to=_mls_to(scopes),
        mls_type=_mls_type(scopes),
    )


def document_number(payload: etree._Element) -> str:
    """cbc:ID of a UBL document; empty for other payloads."""
    for child in payload:
        if isinstance(child.tag, str) and etree.QName(child).localname == "ID":
            return (child.text or "").strip()
    return ""


def is_participant(value: str) -> bool:
    return PARTICIPANT.fullmatch(value) is not None


def _q(name: str) -> str:
    return f"{{{SBDH}}}{name}"


def _text(parent: etree._Element, *path: str) -> str:
    found = parent.find("/".join(_q(name) for name in path))
    return "" if found is None else (found.text or "").strip()


def _participant(header: etree._Element, role: str) -> str:
    parties = header.findall(_q(role))
    if len(parties) != 1:
        raise EnvelopeRefused(f"invalid-{role.lower()}-count", f"{len(parties)} elements {role}")
    found = parties[0].find(_q("Identifier"))
    authority = "" if found is None else found.get("Authority", "")
    if authority != PARTICIPANT_SCHEME:
        raise EnvelopeRefused(f"invalid-{role.lower()}-authority", authority)
    value = _text(parties[0], "Identifier")
    if not is_participant(value):
        raise EnvelopeRefused(f"invalid-{role.lower()}-value", value)
    return value


def _scopes(header: etree._Element) -> dict[str, tuple[str, str]]:
    """Type -> (Identifier, InstanceIdentifier)."""
    business = header.find(_q("BusinessScope"))
    if business is None:
        raise EnvelopeRefused("business-scope-missing", "no BusinessScope")
    found = business.findall(_q("Scope"))
    if len(found) < 2:
        raise EnvelopeRefused("invalid-scope-count", f"{len(found)} scopes")
    return {_text(scope, "Type"): (_text(scope, "Identifier"), _text(scope, "InstanceIdentifier")) for scope in found}


def _identifier(scopes: dict[str, tuple[str, str]], scope: str, schemes: tuple[str, ...], rule: str) -> tuple[str, str]:
    """(scheme, value); a scope without its scheme means the first of `schemes`, as it always did."""
    if scope not in scopes:
        raise EnvelopeRefused(f"missing-{rule}", f"no scope {scope}")
    scheme, value = scopes[scope]
    if (scheme or schemes[0]) not in schemes or not value:
        raise EnvelopeRefused(f"invalid-{rule}", f"{scheme}::{value}")
    return scheme or schemes[0], value


def _country(scopes: dict[str, tuple[str, str]]) -> str:
    if "COUNTRY_C1" not in scopes:
        raise EnvelopeRefused("missing-country-c1", "no scope COUNTRY_C1")
    value = scopes["COUNTRY_C1"][1]
    if not COUNTRY.fullmatch(value):
        raise EnvelopeRefused("invalid-country-c1", value)
    return value


def _mls_to(scopes: dict[str, tuple[str, str]]) -> str:
    if "MLS_TO" not in scopes:
        return ""
    scheme, value = scopes["MLS_TO"]
    if scheme != PARTICIPANT_SCHEME or not is_participant(value):
        raise EnvelopeRefused("invalid-mls-to", f"{scheme}::{value}")
    return value


def _mls_type(scopes: dict[str, tuple[str, str]]) -> str:
    value = scopes.get("MLS_TYPE", ("", "FAILURE_ONLY"))[1]
    if value not in MLS_TYPES:
        raise EnvelopeRefused("invalid-mls-type", value)
    return value


def _instance(header: etree._Element) -> str:
    value = _text(header, "DocumentIdentification", "InstanceIdentifier")
    if not value:
        raise EnvelopeRefused("invalid-instance-identifier", "empty")
    return value


def _check_identification(header: etree._Element, payload: etree._Element, document_type: str) -> None:
    """DocumentIdentification against the payload and the document type id."""
    name = etree.QName(payload)
    # A payload that is not XML travels in BinaryContent: its own name and namespace say nothing.
    wrapped = name.localname in ("BinaryContent", "TextContent")

    def standard_fits(value: str) -> bool:
        return document_type.startswith((f"{value}::", f"{value}##")) and (wrapped or value == name.namespace)

    def version_fits(value: str) -> bool:
        return ":" not in value and (wrapped or document_type.endswith(f"::{value}"))

    def type_fits(value: str) -> bool:
        return wrapped or value == name.localname

    rules: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
        ("Standard", "invalid-standard", standard_fits),
        ("TypeVersion", "invalid-type-version", version_fits),
        ("Type", "invalid-type", type_fits),
        ("CreationDateAndTime", "invalid-creation-date-time", _is_moment),
    )
    for element, rule, fits in rules:
        value = _text(header, "DocumentIdentification", element)
        if not value or not fits(value):
            raise EnvelopeRefused(rule, f"{value!r} beside {document_type} and <{name.localname}>")


def _is_moment(value: str) -> bool:
    try:
        return "T" in value and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def envelope_of(ids: tuple[str, ...], instance: str) -> Envelope:
    """The header that an access point makes from the ids of the path; schemes may be left out.

    Raises ValueError, naming the id that can't be one.
    """
    sender, receiver, document_type, process, country = ids
    document_scheme, document_value = _split(document_type, DOCUMENT_SCHEMES)
    process_scheme, process_value = _split(process, (PROCESS_SCHEME,))
    parties = [_split(party, (PARTICIPANT_SCHEME,))[1] for party in (sender, receiver)]
    for party in parties:
        if not is_participant(party):
            raise ValueError(f"Failed to parse the participant ID '{party}'")
    if "::" not in document_value or "##" not in document_value:
        raise ValueError(f"Failed to parse the document type ID '{document_type}'")
    if not process_value or not COUNTRY.fullmatch(country):
        raise ValueError(f"Failed to parse the process ID '{process}' or the country '{country}'")
    return Envelope(
        sender=parties[0],
        receiver=parties[1],
        document_type=document_value,
        document_scheme=document_scheme,
        process=process_value,
        process_scheme=process_scheme,
        country_c1=country,
        instance=instance,
        payload_number="",
        mls_type="ALWAYS_SEND",
    )


def _split(value: str, schemes: tuple[str, ...]) -> tuple[str, str]:
    for scheme in schemes:
        if value.startswith(f"{scheme}::"):
            return scheme, value.removeprefix(f"{scheme}::")
    return schemes[0], value


def with_payload(envelope: Envelope, body: bytes) -> Envelope:
    """Raises EnvelopeRefused when the payload is not the document that the type id names."""
    root = parse(body)
    name = etree.QName(root)
    if not name.namespace:
        raise EnvelopeRefused("invalid-business-message", "only XML with a namespace can be sent")
    if not envelope.document_type.startswith(f"{name.namespace}::{name.localname}##"):
        raise EnvelopeRefused("invalid-standard", f"<{name.localname}> is not a {envelope.document_type}")
    return replace(envelope, payload_number=document_number(root))
