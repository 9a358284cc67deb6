"""Where the access point is and how it is spoken to."""

import re
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from channels.https import check_address
from channels.settings import Secret

Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]
Bytes = Annotated[int, msgspec.Meta(ge=1_000, le=100_000_000)]


class PeppolSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One access point that sends for us.

    kind:             which of the two published interfaces it has
    url:              where its paths begin, `https://ap.example.com`
    token:            goes as X-Token with every request; or `token_file`
    ca_file:          PEM file of the one authority to trust, for an access point with a private certificate
    connect_seconds:  for connection and handshake
    answer_seconds:   how long the access point may be silent: it looks the buyer up and waits up to two minutes for
                      the other access point before it answers
    largest_answer:   bytes
    """

    kind: Literal["phoss-ap", "phase4-peppol-standalone"]
    url: str
    token: Secret
    ca_file: Path | None = None
    connect_seconds: Seconds = 10.0
    answer_seconds: Seconds = 150.0
    largest_answer: Bytes = 1_000_000

    def __post_init__(self) -> None:
        check_address(self.url)
        if not re.fullmatch(r"[!-~]+", self.token.reveal()):
            raise ValueError("token must be visible ASCII characters, without blanks or line ends")
