"""Peppol BIS Billing 3: UBL with rules of its own, in an envelope.

reader, writer   the document in its envelope -> Invoice; Invoice -> the document that goes into one
sbdh, header, cutting   the envelope: written and read, its rules, the bytes of the document in it
identifiers      participants, document types, processes
participants     the registers that participants are named by
rules/           the rules of Peppol, self-billing and XRechnung
profiles         which of them a document claims
"""

from typing import Final

from formats.contract import Format
from formats.peppol.profiles import PROFILES
from formats.peppol.reader import check_bytes, read, recognises
from formats.peppol.writer import write

FORMAT: Final = Format(
    name="peppol-bis-3",
    title="Peppol BIS Billing 3",
    media_type="application/xml",
    suffix=".xml",
    recognises=recognises,
    read=read,
    write=write,
    check_bytes=check_bytes,
    profiles=PROFILES,
)
