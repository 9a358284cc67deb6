"""AS4 errors of the receiving access point: which code means what for the document.

Codes of ebMS 3.0 Core 6.7 and the AS4 profile, and phase4's private EBMS:4001. An error is an answer: the other side
has not taken the document, except where the code itself says otherwise.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from channels.contract import ChannelFailure, OutcomeUnknown, Refused, Unavailable

# The same bytes will be refused again: something about the message itself.
_REFUSED: Final = frozenset(
    {
        "EBMS:0001",  # ValueNotRecognized
        "EBMS:0002",  # FeatureNotSupported
        "EBMS:0003",  # ValueInconsistent
        "EBMS:0007",  # MimeInconsistency
        "EBMS:0008",  # FeatureNotSupported, said while unpacking
        "EBMS:0009",  # InvalidHeader
        "EBMS:0010",  # ProcessingModeMismatch
        "EBMS:0011",  # ExternalPayloadError
        "EBMS:0303",  # DecompressionFailure
    }
)
# The receipt is missing or wrong: the message itself may have arrived.
_UNKNOWN: Final = frozenset({"EBMS:0301", "EBMS:0302"})
# phase4: a message with this MessageId was taken before.
_DUPLICATE: Final = "EBMS:4001"
# Peppol AS4 profile 2.0.3: the access point does not serve this buyer, whatever the SMP says.
_NOT_SERVICED: Final = "PEPPOL:NOT_SERVICED"


class As4Error(msgspec.Struct, frozen=True, rename="camel"):
    """One error of an AS4 signal message, as the sending report shows it."""

    error_code: str = ""
    error_details: str | None = None
    description: str | None = None
    short_description: str | None = None

    def __str__(self) -> str:
        said = self.error_details or self.description or self.short_description
        return f"{self.error_code}: {said}" if said else self.error_code


def is_duplicate(errors: Sequence[As4Error]) -> bool:
    """Whether the other side says that it has the message already, which is as good as a receipt."""
    return bool(errors) and all(error.error_code == _DUPLICATE for error in errors)


def failure_of_errors(errors: Sequence[As4Error], proof: bytes) -> ChannelFailure:
    """The failure that these errors amount to; the code of the failure ends with that of the first one.

    What is not known to be final is tried again: 0004 (Other) and 0202 (DeliveryFailure) may pass, and after
    0101..0103 (authentication, decryption, policy) the two operators have to talk, not the sender's clerk.
    """
    code = f"peppol.as4.{errors[0].error_code}"
    text = f"the buyer's access point answered {'; '.join(map(str, errors))}"
    if any((error.error_details or "").strip() == _NOT_SERVICED for error in errors):
        return Refused(code, f"{text}: it does not serve this buyer", "peppol.not_serviced", proof)
    if any(error.error_code in _UNKNOWN for error in errors):
        return OutcomeUnknown(code, text, proof)
    if any(error.error_code in _REFUSED for error in errors):
        return Refused(code, text, "peppol.refused", proof)
    return Unavailable(code, text, proof)
