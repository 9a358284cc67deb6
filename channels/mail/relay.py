"""The way into the relay: connection, TLS with its certificate verified, login. Nothing is said in the clear.

    no connection, a broken one, "later"     Unavailable
    certificate, no TLS, login, greeting 5yz  Misconfigured

The password goes over TLS alone; a relay without it is no relay for us.
"""

import hashlib
import smtplib
import socket
import ssl
from typing import Final

from channels.contract import ChannelFailure, Misconfigured, Unavailable
from channels.mail.replies import Reply
from channels.mail.session import Patience, Session
from channels.mail.settings import MailSettings

_CHECK: Final = "Nothing was sent; check `host`, `port`, `security` and `ca_file`"


class Relay:
    """Opens sessions with one relay."""

    def __init__(self, settings: MailSettings, tls: ssl.SSLContext) -> None:
        self._settings, self._tls = settings, tls
        self._patience = Patience(settings.connect_seconds, settings.command_seconds, settings.answer_seconds)
        self.name = f"{settings.host}:{settings.chosen_port}"

    def __repr__(self) -> str:
        return f"Relay({self.name!r})"

    def connect(self) -> Session:
        """A new session. Raises Unavailable, Misconfigured; nothing was handed over then."""
        try:
            smtp = self._greet()
        except (smtplib.SMTPException, OSError) as error:
            raise self._failure(error) from error
        try:
            self._let_in(smtp)
        except (smtplib.SMTPException, OSError) as error:
            smtp.close()
            raise self._failure(error) from error
        return self._session(smtp)

    def _greet(self) -> smtplib.SMTP:
        chosen = self._settings
        host, port, hello, seconds = chosen.host, chosen.chosen_port, chosen.hello, chosen.connect_seconds
        if chosen.security == "tls":
            return smtplib.SMTP_SSL(host, port, hello, timeout=seconds, context=self._tls)
        return smtplib.SMTP(host, port, hello, timeout=seconds)

    def _let_in(self, smtp: smtplib.SMTP) -> None:
        _hello(smtp)
        if self._settings.security == "starttls":
            smtp.starttls(context=self._tls)
            # What was said before TLS counts no more (RFC 3207 section 4.2).
            _hello(smtp)
        if self._settings.username is not None and self._settings.password is not None:
            smtp.login(self._settings.username, self._settings.password.reveal())

    def _session(self, smtp: smtplib.SMTP) -> Session:
        """Introduced by who the relay is: address, TLS version, the certificate's fingerprint."""
        line = smtp.sock
        if not isinstance(line, ssl.SSLSocket):
            raise TypeError("a session without TLS is never opened")
        # The final dot travels by itself; without this it would wait for the other side's acknowledgement.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        digest = hashlib.sha256(line.getpeercert(binary_form=True) or b"").hexdigest()
        introduction = f"# {self.name}, {line.version()}, certificate SHA-256 {digest}"
        return Session(smtp, introduction, self._patience, self._settings.messages_per_connection)

    def _failure(self, error: smtplib.SMTPException | OSError) -> ChannelFailure:
        match error:
            case smtplib.SMTPAuthenticationError():
                return self._login_failure(_reply(error))
            case smtplib.SMTPResponseException():
                return self._greeting_failure(_reply(error))
            case smtplib.SMTPNotSupportedError() if "AUTH" in str(error):
                text = (
                    f"{self.name} offers no login. Take the settings `username` and `password` out, or correct `port`"
                )
                return Misconfigured("mail.credentials", text)
            case smtplib.SMTPNotSupportedError():
                text = f"{self.name} offers no STARTTLS, and without TLS nothing is sent. Check `port` and `security`"
                return Misconfigured("mail.tls", text)
            case smtplib.SMTPServerDisconnected():
                return Unavailable("mail.unreachable", f"{self.name} hung up: {error}. Nothing was sent")
            case smtplib.SMTPException():  # the one that login raises where no mechanism fits
                return Misconfigured("mail.credentials", f"{self.name} offers no login that we know: {error}")
            case ssl.SSLError() if not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
                return Misconfigured("mail.tls", f"no trusted connection to {self.name}: {_trouble(error)}. {_CHECK}")
        return Unavailable("mail.unreachable", f"{self.name} can't be reached: {error}. Nothing was sent")

    def _login_failure(self, reply: Reply) -> ChannelFailure:
        if reply.code // 100 == 4:
            return Unavailable("mail.login_later", f"{self.name} can't check our login now: {reply.words}")
        text = f"{self.name} does not accept our login: {reply.words}. Check `username` and `password`"
        return Misconfigured("mail.credentials", text)

    def _greeting_failure(self, reply: Reply) -> ChannelFailure:
        if reply.code // 100 == 5:
            text = f"{self.name} does not want to talk to us: {reply.words}. Ask its operator to admit this machine"
            return Misconfigured("mail.greeting", text)
        return Unavailable("mail.busy", f"{self.name} asks us to come back later: {reply.words}")


def _hello(smtp: smtplib.SMTP) -> None:
    code, text = smtp.ehlo()
    if code != 250:
        raise smtplib.SMTPHeloError(code, text)


def _reply(error: smtplib.SMTPResponseException) -> Reply:
    text = error.smtp_error
    return Reply(error.smtp_code, text.decode(errors="replace") if isinstance(text, bytes) else text)


def _trouble(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return (error.reason or "the handshake failed").replace("_", " ").lower()
