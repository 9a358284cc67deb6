"""A mail relay: submission with STARTTLS and AUTH, answers by recipient as the script has them.

It gives its verdict in the SMTP dialogue and stores what it takes. A message is known again by Message-ID and
recipient: most mail stores hide such a repeat, so it counts as one delivery.
"""

import asyncio
import email
import email.policy
import hashlib
import hmac
import logging
import ssl
import threading
from email.message import EmailMessage
from pathlib import PurePath
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from simulators.listener import LOOPBACK
from simulators.script import Rule
from simulators.world import Presentation, World

log = logging.getLogger(__name__)

HOST_NAME = "relay.twin.invalid"
LARGEST_MESSAGE = 26_214_400
START_SECONDS = 10.0


class MailRelay:
    """Runs aiosmtpd in a thread with an event loop of its own."""

    def __init__(self, world: World, tls: ssl.SSLContext, username: str, password: str) -> None:
        self._handler = _Handler(world)
        self._tls = tls
        self._login = (username.encode(), password.encode())
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="twin-smtp", daemon=True)
        self._listening = threading.Event()
        self._sessions: WeakSet[SMTP] = WeakSet()
        self.port = 0

    def start(self) -> None:
        self._thread.start()
        if not self._listening.wait(START_SECONDS):
            raise TimeoutError("the mail relay does not listen")

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(self._session, LOOPBACK, 0))
        self.port = int(server.sockets[0].getsockname()[1])
        self._loop.call_soon(self._listening.set)
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._hang_up())

    def _session(self) -> SMTP:
        session = _Session(
            self._handler,
            hostname=HOST_NAME,
            ident="network twin",
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
            tls_context=self._tls,
            require_starttls=True,
            auth_required=True,
            authenticator=self._authenticate,
            loop=self._loop,
        )
        self._sessions.add(session)
        return session

    async def _hang_up(self) -> None:
        for session in list(self._sessions):
            if isinstance(session.transport, asyncio.WriteTransport):
                session.transport.abort()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        del server, session, envelope, mechanism
        known = [hmac.compare_digest(given, wanted) for given, wanted in zip(data, self._login, strict=True)]
        return AuthResult(success=all(known), handled=False)


class _Envelope(Envelope):
    """Remembers the rule that was found at RCPT."""

    rule: Rule | None = None


class _Session(SMTP):
    def _create_envelope(self) -> Envelope:
        return _Envelope()


class _Handler:
    """The hooks that aiosmtpd calls; a rule found at RCPT is acted out at the latest behind DATA."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._taken: set[tuple[str, str]] = set()

    async def handle_EHLO(  # noqa: N802  (the name aiosmtpd looks for)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        del server, envelope
        session.host_name = hostname
        return [*responses[:-1], "250-ENHANCEDSTATUSCODES", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        rule = self._world.script.pick("smtp", {"recipient": (address,), "sender": (envelope.mail_from or "",)})
        if rule and rule.behaviour == "reject" and rule.stage == "rcpt":
            return _reply(rule)
        envelope.rcpt_tos.append(address)
        if isinstance(envelope, _Envelope):
            envelope.rule = rule or envelope.rule
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del session
        shown = _present(envelope)
        rule = envelope.rule if isinstance(envelope, _Envelope) else None
        rule = rule or self._world.script.pick("smtp", {**shown[0].facts(), "subject": (_subject(envelope),)})
        loop = asyncio.get_running_loop()
        if not await loop.run_in_executor(None, self._world.admit, rule, *shown):
            return await _close(server)
        if rule and rule.behaviour == "reject":
            self._note(shown, "untaken" if rule.code.startswith("4") else "refused", _reply(rule))
            return _reply(rule)
        self._note(shown, "new", "250")
        if rule and rule.behaviour == "drop":
            return await _close(server)
        return "250 2.0.0 taken over"

    def _note(self, shown: list[Presentation], outcome: str, answer: str) -> None:
        for one in shown:
            place = (one.key, one.recipient)
            is_repeat = outcome == "new" and place in self._taken
            self._world.note(one, "repeat" if is_repeat else outcome, answer)
            if outcome == "new":
                self._taken.add(place)


def _reply(rule: Rule) -> str:
    return f"{rule.code or '550 5.7.1'} {rule.text or 'refused by the script'}"


async def _close(server: SMTP) -> str:
    """Break the line. The loss of the connection cancels this task; the sleep is where that finds it."""
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()
    await asyncio.sleep(60)
    return "421 4.4.2 gone"


def _present(envelope: Envelope) -> list[Presentation]:
    """One presentation a recipient; the number is that of the first PDF's file name, for want of a better."""
    content = bytes(envelope.original_content or b"")
    message = _parse(content)
    key = str(message.get("Message-ID", "")).strip() or hashlib.sha256(content).hexdigest()
    names = [part.get_filename() or "" for part in message.walk()]
    number = next((PurePath(name).stem for name in names if name.lower().endswith(".pdf")), "")
    return [
        Presentation("smtp", key, content, str(envelope.mail_from), recipient, number)
        for recipient in envelope.rcpt_tos
    ]


def _subject(envelope: Envelope) -> str:
    return str(_parse(bytes(envelope.original_content or b"")).get("Subject", ""))


def _parse(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the default policy makes an EmailMessage")
    return message
