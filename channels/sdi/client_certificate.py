"""The certificate that SDI knows us by: loaded once, looked at before each file leaves."""

import datetime
import ssl
from dataclasses import dataclass

from cryptography import x509

from channels.contract import Misconfigured
from channels.https import verifying_context
from channels.sdi.settings import SdiSettings


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """From when to when the certificate holds, and whose it is."""

    subject: str
    not_before: datetime.datetime
    not_after: datetime.datetime

    def check(self, now: datetime.datetime) -> None:
        """Raises Misconfigured, naming the date, where SDI would not let us in at this moment."""
        if now > self.not_after:
            when = f"expired on {self.not_after:%Y-%m-%d %H:%M} UTC"
        elif now < self.not_before:
            when = f"holds only from {self.not_before:%Y-%m-%d %H:%M} UTC"
        else:
            return
        text = (
            f"SDI's client certificate of {self.subject} {when}. Nothing was sent; put the renewed one at the setting "
            "`certificate_file` and start again"
        )
        raise Misconfigured("sdi.client_certificate", text)


def load_client_certificate(settings: SdiSettings) -> tuple[ClientCertificate, ssl.SSLContext]:
    """The certificate, and the mutual TLS made with it. Raises Misconfigured naming the setting of the wrong file."""
    context = verifying_context("sdi", settings.ca_file)
    password = settings.key_password.reveal() if settings.key_password is not None else ""
    try:
        leaf = x509.load_pem_x509_certificates(settings.certificate_file.read_bytes())[0]
    except (OSError, ValueError) as error:
        text = f"setting `certificate_file`: {settings.certificate_file} can't be read as a PEM certificate: {error}"
        raise Misconfigured("sdi.client_certificate", text) from error
    try:
        # A function, also for no password: without one OpenSSL would ask the terminal.
        context.load_cert_chain(settings.certificate_file, settings.key_file, password=lambda: password)
    except OSError as error:  # ssl.SSLError is one
        text = (
            f"settings `key_file` and `key_password`: {settings.key_file} can't be opened, or is not the key of "
            f"{settings.certificate_file}: {error.strerror or error}"
        )
        raise Misconfigured("sdi.client_key", text) from error
    validity = ClientCertificate(leaf.subject.rfc4514_string(), leaf.not_valid_before_utc, leaf.not_valid_after_utc)
    return validity, context
