"""What every format offers, so that knowing one is knowing all.

    recognises   is this file mine?            bytes -> bool
    read         what does it say?             bytes -> one Reading an invoice
    write        say this                      Invoice -> Written
    check_bytes  is the file itself right?     bytes, and what was parsed of them -> Report (XSD and the like)
    profiles     which rules apply to it       rows of Profile, most special first

A reader never raises for a bad file and never stops at a bad invoice: what it cannot read is a Reading with
findings. A writer never drops a value in silence: what the format has no place for is listed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from formats.checking import CheckSet, Finding, Publication, Report, run
from formats.en16931 import Invoice, Provenance

Options = Mapping[str, object]
NO_OPTIONS: Options = {}


@dataclass(frozen=True, slots=True)
class Reading:
    """One invoice as a file states it.

    invoice:     None where nothing could be read
    provenance:  where each value stood
    findings:    what could not be read, or was read with doubt; a fatal one refuses this invoice alone
    source:      the bytes of this document where it can be cut out of the file (UBL inside an SBDH), else b""
    parsed:      the document as the format itself sees it, so that its checks need not parse the bytes again
    """

    invoice: Invoice | None
    provenance: Provenance = field(default_factory=Provenance)
    findings: tuple[Finding, ...] = ()
    source: bytes = b""
    parsed: object = None


@dataclass(frozen=True, slots=True)
class NotCarried:
    """A value of the invoice that the target format has no place for.

    path, value:  the term and what it says
    reason:       why it stays behind
    """

    path: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """A document in a format: its bytes, and the values it does not carry."""

    content: bytes
    not_carried: tuple[NotCarried, ...] = ()


class Read(Protocol):
    """Read a file: one Reading for each invoice, lazily, in the order of the file.

    options: what the sender's settings say about the file, such as a CSV mapping; each format documents its own.
    """

    def __call__(self, content: bytes, options: Options = NO_OPTIONS) -> Iterator[Reading]: ...


class Write(Protocol):
    """Write an invoice. options: each format documents its own. Raises CannotWrite where nothing can be written."""

    def __call__(self, invoice: Invoice, options: Options = NO_OPTIONS) -> Written: ...


class CheckBytes(Protocol):
    """Whether a file is right by the schema of its format. parsed: of its reading, where it was read before."""

    def __call__(self, content: bytes, parsed: object = None) -> Report: ...


class CannotWrite(Exception):
    """The invoice lacks something without which this format cannot be written at all; `findings` say what."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(f"{one.id} {one.message}" for one in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Profile:
    """A use of a format with rules of its own: one row of the table in `profiles.py`.

    name:           `peppol-bis-3`, as the command line says it
    specification:  what BT-24 says in such a document, None where it says nothing special
    business_process: what BT-23 says by default
    recognises:     whether an invoice that was read claims this profile
    check:          the report of its rules on a document that was read, whatever its format
    rules:          the publications that these rules are from
    """

    name: str
    specification: str | None
    recognises: Callable[[Invoice], bool]
    check: Callable[[Reading], Report]
    rules: tuple[Publication, ...]
    business_process: str | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    name:         `ubl`, as rules and the command line say it
    title:        for people: `UBL 2.1`
    media_type:   of the bytes it writes and reads
    suffix:       of a file in it: `.xml`
    """

    name: str
    title: str
    media_type: str
    suffix: str
    recognises: Callable[[bytes], bool]
    read: Read | None = None
    write: Write | None = None
    check_bytes: CheckBytes | None = None
    profiles: tuple[Profile, ...] = ()


def on_invoice(*check_sets: CheckSet[Invoice]) -> Callable[[Reading], Report]:
    """The check of a profile whose rules are asked of the canonical model."""

    def check(reading: Reading) -> Report:
        invoice, report = reading.invoice, Report()
        if invoice is not None:
            for check_set in check_sets:
                report += run(check_set, invoice)
        return report

    return check
