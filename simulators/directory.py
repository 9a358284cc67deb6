"""Who is registered on the twin's Peppol network, and for which document types: what an SMP would answer."""

import threading
from collections.abc import Sequence

BILLING = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1"
BILLING_TYPES = tuple(
    f"urn:oasis:names:specification:ubl:schema:xsd:{name}-2::{name}##{BILLING}" for name in ("Invoice", "CreditNote")
)
BILLING_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"


class Directory:
    """Participant ids compare without regard to case (policy for the use of identifiers, policy 2)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, tuple[str, ...]] = {}

    def register(self, participant: str, document_types: Sequence[str] = BILLING_TYPES) -> None:
        with self._lock:
            self._entries[participant.lower()] = tuple(document_types)

    def remove(self, participant: str) -> bool:
        with self._lock:
            return self._entries.pop(participant.lower(), None) is not None

    def document_types(self, participant: str) -> tuple[str, ...] | None:
        """None: nobody knows this participant, which is another answer than knowing it without the type."""
        with self._lock:
            return self._entries.get(participant.lower())

    def entries(self) -> dict[str, list[str]]:
        with self._lock:
            return {participant: list(types) for participant, types in self._entries.items()}
