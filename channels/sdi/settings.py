"""Where SDI takes files, and the certificate that it knows us by."""

from pathlib import Path
from typing import Annotated

import msgspec

from channels.https import check_address
from channels.settings import Secret

Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]
Bytes = Annotated[int, msgspec.Meta(ge=1_000, le=100_000_000)]


class SdiSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The SdICoop channel of one accredited transmitter.

    url:               the endpoint of SdIRiceviFile, assigned at accreditation (the published WSDL has a placeholder)
    certificate_file:  our client certificate from SDI's authority, PEM, with its chain behind it
    key_file:          its private key, PEM
    key_password:      where the key is encrypted; or `key_password_file`
    ca_file:           PEM file of the authority of SDI's own server certificate, where it is not a public one
    connect_seconds:   for connection and handshake
    answer_seconds:    how long SDI may be silent
    largest_answer:    bytes
    """

    url: str
    certificate_file: Path
    key_file: Path
    key_password: Secret | None = None
    ca_file: Path | None = None
    connect_seconds: Seconds = 10.0
    answer_seconds: Seconds = 60.0
    largest_answer: Bytes = 1_000_000

    def __post_init__(self) -> None:
        check_address(self.url)
        if not self.url.startswith("https://"):
            raise ValueError("url must begin with https://: SDI knows us by our TLS certificate")
