"""A session over SSH: packets out of a channel, their answers into it.

paramiko brings an SFTP server of its own (`paramiko.SFTPServer`). This door has another one because that one answers
every close with OK, whatever came of it; keeps packets of up to 16 MB; and reads for ever where a client asks for the
checksum of more than a file holds. docs/decisions/0012-an-sftp-server-of-our-own.md
"""

import struct
from collections.abc import Callable, Iterator
from typing import Final

import paramiko
import structlog

from gateway.intake.sftp.gate import Gate
from gateway.intake.sftp.guests import Guests
from gateway.intake.sftp.requests import answer
from gateway.intake.sftp.session import Session
from gateway.intake.sftp.wire import Malformed

log = structlog.get_logger()

# A write of 255 kB with its head, as OpenSSH allows it.
_LONGEST_PACKET: Final = 256 * 1024
_LONGEST_SSH_PACKET: Final = 320 * 1024
_AT_ONCE: Final = 64 * 1024


class BoundedPackets(paramiko.packet.Packetizer):
    """Refuses an SSH packet that says it is huge, before it is waited for and kept. Nobody has logged in yet."""

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        """So many bytes."""
        if n > _LONGEST_SSH_PACKET:
            raise paramiko.SSHException(f"a packet of {n:,} bytes")
        return super().read_all(n, check_rekey)


class Subsystem(paramiko.SubsystemHandler):
    """Runs one session in a thread of its own, which paramiko starts."""

    def __init__(
        self,
        channel: paramiko.Channel,
        name: str,
        server: Gate,
        guests: Guests,
        open_session: Callable[[Gate], Session],
    ) -> None:
        """open_session: begins the session of who has logged in."""
        super().__init__(channel, name, server)
        self.daemon = True
        self._gate, self._guests, self._open_session = server, guests, open_session

    def start_subsystem(self, name: str, transport: paramiko.Transport, channel: paramiko.Channel) -> None:
        """Answer requests until the client goes or says something that is none."""
        del name, transport
        try:
            session = self._open_session(self._gate)
            try:
                self._serve(session, channel)
            finally:
                session.end()
        except Malformed as error:
            log.info("a client of the SFTP door speaks something else", reason=str(error))
        except EOFError:
            pass  # the client has gone
        except Exception:
            # paramiko would say it where nobody reads it: its words on the line are not in our log.
            log.exception("a session of the SFTP door broke down")
        finally:
            self._gate.session_ended(channel)

    def _serve(self, session: Session, channel: paramiko.Channel) -> None:
        received = bytearray()
        while content := channel.recv(_AT_ONCE):
            received += content
            with self._guests.at_work(self._gate.guest):
                for together in _answers(session, received):
                    _send(channel, together)
        if not channel.closed:
            # The client will say nothing more and waits for a status: without one, `scp` calls its upload a failure.
            channel.send_exit_status(0)


def _send(channel: paramiko.Channel, content: bytes) -> None:
    """Raises EOFError where the client has gone meanwhile."""
    try:
        channel.sendall(content)
    except OSError as error:
        raise EOFError from error


def _answers(session: Session, received: bytearray) -> Iterator[bytes]:
    """What came together is answered together: sending each answer by itself would be most of the work."""
    answers: list[bytes] = []
    size = 0
    for packet in _packets(received):
        said = answer(session, packet)
        answers += (struct.pack(">I", len(said)), said)
        size += len(said)
        if size >= _AT_ONCE:
            yield b"".join(answers)
            answers, size = [], 0
    if answers:
        yield b"".join(answers)


def _packets(received: bytearray) -> Iterator[bytes]:
    """The whole packets at the beginning of what was received; they are taken off it. Raises Malformed."""
    while len(received) >= 4:
        (length,) = struct.unpack_from(">I", received)
        if not 1 <= length <= _LONGEST_PACKET:
            raise Malformed(f"a packet of {length:,} bytes")
        if len(received) < 4 + length:
            return
        packet = bytes(received[4 : 4 + length])
        del received[: 4 + length]
        yield packet
