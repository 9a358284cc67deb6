"""phase4-peppol-standalone: an access point that sends at once and remembers nothing."""

from collections.abc import Iterator, Mapping

from channels.contract import Notice, OutcomeUnknown, Parcel, Receipt
from channels.https import Line
from channels.peppol.submission import submit


class Phase4Standalone:
    """Sends while the caller waits; keeps no record of it.

    recognises_repeats is False: each call makes a new AS4 message with a new MessageId, so the receiving access point
    could know a repeat by the SBDH InstanceIdentifier alone, and the AS4 profile (2.0.3, reception awareness) makes
    nobody look at that. There is no query either: what was lost on the way is settled by a person.
    """

    name = "peppol"
    recognises_repeats = False

    def __init__(self, line: Line) -> None:
        self._line = line

    def __repr__(self) -> str:
        return f"Phase4Standalone({self._line!r})"

    def close(self) -> None:
        """Close the kept connections."""
        self._line.close()

    def destination(self, parcel: Parcel) -> str:
        """The access point: it is what goes down for all buyers together."""
        del parcel
        return self._line.host

    def send(self, parcel: Parcel) -> Receipt:
        """POST /sendsbdh. Raises a ChannelFailure."""
        return submit(self._line, "/sendsbdh", parcel)

    def ask(self, parcel: Parcel, reference: str) -> Receipt | None:
        """Raises OutcomeUnknown, always: this access point has no record to look into."""
        del reference
        text = (
            f"the access point can't say what became of {parcel.key}: it keeps no record. "
            "Ask the buyer or the buyer's provider for this SBDH InstanceIdentifier"
        )
        raise OutcomeUnknown("peppol.no_record", text)

    def collect(self, references: Mapping[str, str]) -> Iterator[Notice]:
        """Nothing: what the other side says later is only written to this access point's own log."""
        del references
        yield from ()
