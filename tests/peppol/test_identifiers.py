"""Names of participants, document types and processes."""

import hashlib
import json
from base64 import b32encode
from pathlib import Path

import pytest

from formats.en16931 import Identifier
from formats.peppol.identifiers import (
    EXACT_SCHEME,
    WILDCARD_SCHEME,
    DocumentTypeId,
    NotAnIdentifier,
    ParticipantId,
    ProcessId,
    percent_encoded,
)
from formats.peppol.writer import BUSINESS_PROCESS, SELF_BILLING, SPECIFICATION
from formats.ubl.names import CREDIT_NOTE, INVOICE

CODE_LISTS = "standards/peppol-edelivery/codelists/Peppol_Code_Lists_-_{}_v9.7.json"


def test_a_participant_is_read_with_and_without_its_scheme() -> None:
    plain = ParticipantId.parse("0208:0123456749")
    assert plain == ParticipantId.parse("iso6523-actorid-upis::0208:0123456749") == ParticipantId("0208:0123456749")
    assert (plain.icd, plain.number) == ("0208", "0123456749")
    assert plain.uri == "iso6523-actorid-upis::0208:0123456749"
    assert plain.path_segment == "iso6523-actorid-upis%3A%3A0208%3A0123456749"
    assert str(plain) == "0208:0123456749"


def test_a_participant_is_the_same_in_any_case_of_letters() -> None:
    large, small = ParticipantId("9915:ABC"), ParticipantId("9915:abc")
    assert large == small
    assert len({large, small}) == 1
    assert large.value == "9915:ABC"


# From the published vectors of the network's DNS names: base32 of SHA-256 of the value in small letters.
@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("0088:123ABC", "y7dzfxaf3d4cjz4kcgrxtec6twvcga4ky7zwa5boif6mswd4tdrq"),
        ("9915:test", "eh5boavaktmbgzyh2a63dz4qov33fvp5nsdvqklucfraayoodw6a"),
    ],
)
def test_the_normalized_value_is_the_one_that_is_hashed(value: str, label: str) -> None:
    digest = hashlib.sha256(ParticipantId(value).normalized.encode()).digest()
    assert b32encode(digest).decode().rstrip("=").lower() == label


def test_the_electronic_address_of_a_party_names_a_participant() -> None:
    assert ParticipantId.of(Identifier(" 9876543210982 ", "0088")) == ParticipantId("0088:9876543210982")
    with pytest.raises(NotAnIdentifier):
        ParticipantId.of(Identifier("office@party.example", "EM"))
    with pytest.raises(NotAnIdentifier):
        ParticipantId.of(Identifier("9876543210982"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0208",
        "0208:",
        "208:123",
        "0208 :123",
        "0208:12 3",
        "other::0208:123",  # another meta scheme
        f"0208:{'1' * 131}",  # longer than the policy allows
    ],
)
def test_what_names_no_participant_is_refused(text: str) -> None:
    with pytest.raises(NotAnIdentifier):
        ParticipantId.parse(text)


def test_a_document_type_is_made_from_the_document() -> None:
    kind = DocumentTypeId.of_document(INVOICE, SPECIFICATION)
    assert kind.value == (
        "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice"
        "##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
    )
    assert (kind.scheme, kind.root, kind.version, kind.customization) == (EXACT_SCHEME, "Invoice", "2.1", SPECIFICATION)
    assert kind.namespace == "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    assert DocumentTypeId.parse(kind.uri) == DocumentTypeId.parse(kind.value) == kind
    assert "#" not in kind.path_segment
    assert ":" not in kind.path_segment


def test_pint_is_registered_for_wildcard_matching() -> None:
    assert DocumentTypeId.of_document(INVOICE, "urn:peppol:pint:billing-1@jp-1").scheme == WILDCARD_SCHEME


def test_every_document_type_of_the_code_list_is_understood(shared: Path) -> None:
    listed = json.loads((shared / CODE_LISTS.format("Document_types")).read_bytes())["values"]
    active = [one for one in listed if one["state"] == "active"]
    ubl = [one for one in active if "billing" in one["value"] and ":schema:xsd:" in one["value"]]
    assert len(ubl) > 20
    for one in ubl:
        kind = DocumentTypeId.parse(f"{one['scheme']}::{one['value']}")
        again = DocumentTypeId.of_document(f"{{{kind.namespace}}}{kind.root}", kind.customization, kind.version)
        assert again.value == one["value"]
        assert again.scheme == one["scheme"]


def test_the_types_we_send_are_active_in_the_code_list(shared: Path) -> None:
    listed = json.loads((shared / CODE_LISTS.format("Document_types")).read_bytes())["values"]
    active = {one["value"] for one in listed if one["state"] == "active"}
    sent = {
        DocumentTypeId.of_document(root, specification).value
        for root in (INVOICE, CREDIT_NOTE)
        for specification in (SPECIFICATION, SELF_BILLING)
    }
    assert sent <= active


def test_a_process_is_read_with_and_without_its_scheme() -> None:
    process = ProcessId.parse(f"cenbii-procid-ubl::{BUSINESS_PROCESS}")
    assert process == ProcessId(BUSINESS_PROCESS)
    assert process.uri == f"cenbii-procid-ubl::{BUSINESS_PROCESS}"
    with pytest.raises(NotAnIdentifier):
        ProcessId("")


def test_percent_encoding_escapes_all_but_the_unreserved_characters() -> None:
    assert percent_encoded("a-Z_0.9~ :#/%ü") == "a-Z_0.9~%20%3A%23%2F%25%C3%BC"
