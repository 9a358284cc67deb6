"""How Peppol names participants, document types and processes (Policy for use of Identifiers 4.4.0).

    participant     iso6523-actorid-upis::0208:0123456749
    document type   busdox-docid-qns::<namespace>::<root>##<customization>::<version>
    process         cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0

Values of participants are the same in any case of letters (policy 2); everything else is compared as it is.
"""

import re
from dataclasses import dataclass
from typing import Final

from formats.en16931 import Identifier

PARTICIPANT_SCHEME: Final = "iso6523-actorid-upis"
EXACT_SCHEME: Final = "busdox-docid-qns"
WILDCARD_SCHEME: Final = "peppol-doctype-wildcard"
PROCESS_SCHEME: Final = "cenbii-procid-ubl"
UBL_VERSION: Final = "2.1"

MAX_SCHEME: Final = 25
MAX_PARTICIPANT: Final = 135  # four digits of the code, a colon, 130 characters
MAX_DOCUMENT_TYPE: Final = 500
MAX_PROCESS: Final = 200

# PINT, and all that is specialised from it, is registered for wildcard matching.
_PINT = "urn:peppol:pint:"
_PARTICIPANT = re.compile(r"[0-9]{4}:\S+")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class NotAnIdentifier(ValueError):
    """A text that does not name a participant, document type or process; the message says why."""


def percent_encoded(text: str) -> str:
    """The text as one segment of a URL path: all but letters, digits and `-._~` escaped (RFC 3986 section 2)."""
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in text.encode())


def _parts(uri: str, scheme: str) -> tuple[str, str]:
    """Scheme and value of `scheme::value`; the usual scheme where only a value is given."""
    stated, mark, value = uri.strip().partition("::")
    if mark and 0 < len(stated) <= MAX_SCHEME and not set(stated) & set(" :#"):
        return stated, value
    return scheme, uri.strip()


@dataclass(frozen=True, slots=True, eq=False)
class ParticipantId:
    """Who sends or receives.

    value:   `0208:0123456749`: the code of the register (ICD) and the number in it
    scheme:  the meta scheme; Peppol has one
    """

    value: str
    scheme: str = PARTICIPANT_SCHEME

    def __post_init__(self) -> None:
        if self.scheme != PARTICIPANT_SCHEME:
            raise NotAnIdentifier(f"{self.scheme!r} is not the scheme of Peppol participants, {PARTICIPANT_SCHEME}")
        if len(self.value) > MAX_PARTICIPANT or not _PARTICIPANT.fullmatch(self.value):
            raise NotAnIdentifier(f"{self.value[:60]!r} is not a participant such as 0208:0123456749")

    @classmethod
    def parse(cls, text: str) -> "ParticipantId":
        """From `0208:0123456749`, with or without `iso6523-actorid-upis::`. Raises NotAnIdentifier."""
        scheme, value = _parts(text, PARTICIPANT_SCHEME)
        return cls(value, scheme)

    @classmethod
    def of(cls, address: Identifier) -> "ParticipantId":
        """From the electronic address of a party (BT-34, BT-49). Raises NotAnIdentifier."""
        return cls(f"{address.scheme or ''}:{address.value.strip()}")

    @property
    def icd(self) -> str:
        """The code of the register: `0208`."""
        return self.value[:4]

    @property
    def number(self) -> str:
        """The number in that register."""
        return self.value[5:]

    @property
    def normalized(self) -> str:
        """The value as it is compared and hashed: in small letters."""
        return self.value.lower()

    @property
    def uri(self) -> str:
        """`iso6523-actorid-upis::0208:0123456749`."""
        return f"{self.scheme}::{self.value}"

    @property
    def path_segment(self) -> str:
        """As one segment of a URL path."""
        return percent_encoded(self.uri)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParticipantId) and self.normalized == other.normalized

    def __hash__(self) -> int:
        return hash(self.normalized)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class DocumentTypeId:
    """What is sent. `value` is `<namespace>::<root>##<customization>::<version>`."""

    value: str
    scheme: str = EXACT_SCHEME

    def __post_init__(self) -> None:
        if not self.value or len(self.value) > MAX_DOCUMENT_TYPE or set(self.value) & set(" \t\r\n"):
            raise NotAnIdentifier(f"{self.value[:60]!r} is not a document type")

    @classmethod
    def parse(cls, text: str) -> "DocumentTypeId":
        """From the value with its scheme in front. Raises NotAnIdentifier.

        A value holds `::` itself, so a text without one of the two known schemes in front is taken as value.
        """
        stated, mark, value = text.strip().partition("::")
        if mark and stated in (EXACT_SCHEME, WILDCARD_SCHEME):
            return cls(value, stated)
        return cls.of_customization(text.strip())

    @classmethod
    def of_customization(cls, value: str) -> "DocumentTypeId":
        """A value with the scheme that its customization is registered under."""
        customization = value.partition("##")[2]
        return cls(value, WILDCARD_SCHEME if customization.startswith(_PINT) else EXACT_SCHEME)

    @classmethod
    def of_document(cls, root: str, customization: str, version: str = UBL_VERSION) -> "DocumentTypeId":
        """The type of a document: its root element as `{namespace}local`, what BT-24 says, and the syntax version."""
        namespace, _, local = root.removeprefix("{").partition("}")
        return cls.of_customization(f"{namespace}::{local}##{customization.strip()}::{version}")

    @property
    def namespace(self) -> str:
        """The namespace of the root element; for what is no XML, the whole name before `##`."""
        return self.value.partition("##")[0].partition("::")[0]

    @property
    def root(self) -> str:
        """The local name of the root element; "" for what is no XML."""
        return self.value.partition("##")[0].partition("::")[2]

    @property
    def customization(self) -> str:
        """What the document says in BT-24."""
        return self.value.partition("##")[2].rpartition("::")[0]

    @property
    def version(self) -> str:
        """The version of the syntax: `2.1`."""
        return self.value.rpartition("::")[2]

    @property
    def uri(self) -> str:
        """With its scheme in front."""
        return f"{self.scheme}::{self.value}"

    @property
    def path_segment(self) -> str:
        """As one segment of a URL path."""
        return percent_encoded(self.uri)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class ProcessId:
    """In which business process it is sent (BT-23)."""

    value: str
    scheme: str = PROCESS_SCHEME

    def __post_init__(self) -> None:
        if not self.value or len(self.value) > MAX_PROCESS or set(self.value) & set(" \t\r\n"):
            raise NotAnIdentifier(f"{self.value[:60]!r} is not a process")

    @classmethod
    def parse(cls, text: str) -> "ProcessId":
        """From the value, with or without `cenbii-procid-ubl::`. Raises NotAnIdentifier."""
        value = text.strip()
        return cls(value.removeprefix(f"{PROCESS_SCHEME}::"))

    @property
    def uri(self) -> str:
        """With its scheme in front."""
        return f"{self.scheme}::{self.value}"

    @property
    def path_segment(self) -> str:
        """As one segment of a URL path."""
        return percent_encoded(self.uri)

    def __str__(self) -> str:
        return self.value
