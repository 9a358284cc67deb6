"""One session with the relay: a message a transaction, every word of it written down (RFC 5321 section 3).

Where the line breaks decides what is known: before the final dot the relay can't have taken anything, behind it nobody
knows (RFC 5321 4.5.3.2.6).
"""

import contextlib
import hashlib
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from channels.contract import OutcomeUnknown, Refused, Unavailable
from channels.mail.replies import Reply

Command = Callable[[], tuple[int, bytes]]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends and who receives, as SMTP takes addresses: domains in ASCII, local parts as they are."""

    sender: str
    recipients: tuple[str, ...]

    @property
    def is_ascii(self) -> bool:
        """Whether no address needs SMTPUTF8."""
        return "".join((self.sender, *self.recipients)).isascii()


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: `connect` for a step of the greeting, `command` for an answer, `answer` behind the final dot."""

    connect: float
    command: float
    answer: float


@dataclass(frozen=True, slots=True)
class Answers:
    """What the relay said in one transaction.

    sender:      to MAIL FROM
    recipients:  to each RCPT TO, in the order of the envelope; empty where the sender was refused
    message:     to DATA or behind the final dot, None where no address was taken
    transcript:  the dialogue as text in UTF-8, without the message and without the login
    """

    sender: Reply
    recipients: tuple[Reply, ...]
    message: Reply | None
    transcript: bytes


class _LineBroke(Exception):
    """No answer, or none that SMTP knows."""


class Session:
    """A connection to the relay that has shown its certificate and let us in."""

    def __init__(self, smtp: smtplib.SMTP, introduction: str, patience: Patience, messages: int) -> None:
        """introduction: who the relay is, for the transcript; messages: how many it may be given."""
        self._smtp, self._introduction, self._patience = smtp, introduction, patience
        self._messages_left = messages
        self._is_over = False
        self._transcript: list[str] = []

    def is_alive(self) -> bool:
        """Whether the relay takes another message in this session (RSET, which also ends what was left open)."""
        if self._is_over or not self._messages_left:
            return False
        self._wait(self._patience.connect)
        try:
            code, _ = self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._is_over = True
            return False
        return code == 250

    def close(self) -> None:
        """Say good-bye where somebody listens, and hang up."""
        if not self._is_over:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._wait(self._patience.connect)
                self._smtp.quit()
        self._smtp.close()

    def hand_over(self, envelope: Envelope, content: bytes) -> Answers:
        """One mail transaction.

        Raises Unavailable where the line breaks before the final dot, OutcomeUnknown behind it; Refused where the
        relay can't take such a message at all.
        """
        self._messages_left -= 1
        self._transcript = [self._introduction]
        options = self._options(envelope, content)
        try:
            self._wait(self._patience.command)
            sender = self._begin(envelope.sender, options)
            recipients = self._name(envelope.recipients) if sender.is_positive else ()
            message = self._give(content, recipients[-1]) if any(one.is_positive for one in recipients) else None
        except (_LineBroke, OSError) as error:
            text = f"the connection to the relay broke before the message was complete ({error}). Nothing was taken"
            raise Unavailable("mail.broken", text, self._proof()) from error
        return Answers(sender, recipients, message, self._proof())

    def _options(self, envelope: Envelope, content: bytes) -> tuple[str, ...]:
        """The parameters of MAIL FROM, as far as the relay knows them (RFC 1870, RFC 6531)."""
        options: tuple[str, ...] = ()
        if self._smtp.has_extn("size"):
            limit = self._smtp.esmtp_features["size"]
            if limit.isdecimal() and 0 < int(limit) < len(content):
                text = (
                    f"the message has {len(content)} bytes and the relay takes {int(limit)}. Send it with fewer or "
                    "smaller attachments, or by another way"
                )
                raise Refused("mail.size", text, "mail.content", self._proof())
            options += (f"SIZE={len(content)}",)
        if envelope.is_ascii and content.isascii():
            return options
        if not self._smtp.has_extn("smtputf8"):
            text = "an address is not ASCII, and the relay can't pass such addresses on. Ask for an ASCII address"
            raise Refused("mail.smtputf8", text, "mail.5xx", self._proof())
        return (*options, "SMTPUTF8", "BODY=8BITMIME")

    def _begin(self, sender: str, options: tuple[str, ...]) -> Reply:
        said = " ".join((f"MAIL FROM:<{sender}>", *options))
        return self._hear(said, partial(self._smtp.mail, sender, options))

    def _name(self, recipients: tuple[str, ...]) -> tuple[Reply, ...]:
        """RCPT TO for each. Where the relay hangs up (421), that is its answer to the others as well."""
        replies: list[Reply] = []
        for one in recipients:
            if self._is_over:
                replies.append(replies[-1])
            else:
                replies.append(self._hear(f"RCPT TO:<{one}>", partial(self._smtp.rcpt, one)))
        return tuple(replies)

    def _give(self, content: bytes, last: Reply) -> Reply:
        """DATA, the message, the final dot, the answer. last: what the relay said last."""
        if self._is_over:
            return last
        go_ahead = self._hear("DATA", partial(self._smtp.docmd, "DATA"), positive=3)
        if go_ahead.code != 354:
            return go_ahead
        try:
            self._smtp.send(_with_dots_doubled(content))
        except (smtplib.SMTPException, OSError) as error:
            self._is_over = True
            raise _LineBroke(str(error)) from error
        said = f"(message of {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()})"
        try:
            self._wait(self._patience.answer)
            # The dot goes by itself: where sending the message fails, it certainly was not taken.
            return self._hear(said, partial(self._smtp.docmd, "."))
        except (_LineBroke, OSError) as error:
            text = (
                f"the whole message was sent and no answer came ({error}): it may have been taken. Look for its "
                "Message-ID in the relay's log before it is sent again"
            )
            raise OutcomeUnknown("mail.no_answer", text, self._proof()) from error

    def _hear(self, said: str, say: Command, positive: int = 2) -> Reply:
        """Say something and take down the answer. positive: the first digit of what can't be called a failure here."""
        try:
            code, text = say()
        except (smtplib.SMTPException, OSError) as error:
            self._is_over = True
            raise _LineBroke(str(error)) from error
        reply = Reply(code, text.decode(errors="replace"))
        self._transcript += [f"C: {said}", *(f"S: {code} {line}" for line in reply.text.split("\n"))]
        if code // 100 not in (positive, 4, 5):
            self._is_over = True
            raise _LineBroke(f"not a reply of SMTP: {reply.words}")
        self._is_over = code == 421
        return reply

    def _wait(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)

    def _proof(self) -> bytes:
        return "\n".join((*self._transcript, "")).encode()


def _with_dots_doubled(content: bytes) -> bytes:
    """RFC 5321 4.5.2: a line that begins with a dot gets one more."""
    doubled = content.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if content.startswith(b".") else doubled
