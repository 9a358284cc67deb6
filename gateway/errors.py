"""What can go wrong in the gateway, by who has to act.

    GatewayError
     +- SenderMustCorrect             who sent this must change something
     |   +- NotFound                  not-found
     |   +- AccessRefused             access-refused
     |   +- NotAllowed                not-allowed
     |   +- FileUnreadable            file-unreadable
     |   +- FileUnwritable            file-unwritable
     |   +- NotConverted              not-converted
     |   +- AnsweredWithProblem       answered-with-problem
     |   +- WrongContent              wrong-content
     |   +- KeyReused                 idempotency-key-reused
     |   +- TooLarge                  too-large
     +- TryAgain                      the same again, later
     |   +- ArchiveUnavailable        archive-unavailable
     |   +- DatabaseUnavailable       database-unavailable
     |   +- OtherSideAway             other-side-away
     |   +- TooBusy                   too-busy
     +- WeMustRepair                  whoever runs this gateway must act
         +- SettingWrong              setting-wrong
         +- SigningKeyUnusable        signing-key-unusable
         +- SigningCertificateExpired signing-certificate-expired
         +- SigningCertificateEarly   signing-certificate-early
         +- AlreadySigned             already-signed
         +- ArchiveRefused            archive-refused
         +- ArchiveDamaged            archive-damaged
         +- MissingFromArchive        missing-from-archive
         +- EmbeddedServerFailed      embedded-server-failed

The docstring of a leaf is its message: what happened, where, and what to do; words in braces are its fields.
`code` is stable: clients and alarms rely on it. A bad invoice is none of these: it is a Finding, as data.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar


@dataclass(eq=False)
class GatewayError(Exception):
    """Something went wrong in the gateway."""

    code: ClassVar[str] = ""

    @property
    def details(self) -> Mapping[str, object]:
        """The fields of the message by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def __str__(self) -> str:
        pattern = " ".join((type(self).__doc__ or self.code).split())
        return pattern.format(**self.details)

    def __reduce__(self) -> tuple[type["GatewayError"], tuple[object, ...]]:
        # Exceptions travel between processes; the default forgets fields that were given by keyword.
        return type(self), tuple(self.details.values())


class SenderMustCorrect(GatewayError):
    """The sender must change something before this can work."""


class TryAgain(GatewayError):
    """This did not work now; the same again later may."""


class WeMustRepair(GatewayError):
    """Whoever runs this gateway must repair something before this can work."""


@dataclass(eq=False)
class NotFound(SenderMustCorrect):
    """There is no {kind} {identifier} here. Look at the identifier, and at the tenant that the key belongs to."""

    code = "not-found"
    kind: str
    identifier: str


@dataclass(eq=False)
class AccessRefused(SenderMustCorrect):
    """Access refused: {problem}. Use a key or password that is in force; the operator of the gateway issues them."""

    code = "access-refused"
    problem: str


@dataclass(eq=False)
class NotAllowed(SenderMustCorrect):
    """It is not possible to {action}: {reason}. {fix} Nothing has changed."""

    code = "not-allowed"
    action: str
    reason: str
    fix: str


@dataclass(eq=False)
class FileUnreadable(SenderMustCorrect):
    """The file {file} cannot be read: {problem}. {fix}"""

    code = "file-unreadable"
    file: str
    problem: str
    fix: str = "Look at its name and its rights."


@dataclass(eq=False)
class FileUnwritable(SenderMustCorrect):
    """The file {file} cannot be written: {problem}. Look at its folder, its rights and the space on the disk."""

    code = "file-unwritable"
    file: str
    problem: str


@dataclass(eq=False)
class NotConverted(SenderMustCorrect):
    """{file} cannot be written as {target}. {problem} `gateway check` shows every place of it."""

    code = "not-converted"
    file: str
    target: str
    problem: str


@dataclass(eq=False)
class AnsweredWithProblem(SenderMustCorrect):
    """The gateway at {url} answered {status}: {problem}. Nothing was taken; correct it and send it again."""

    code = "answered-with-problem"
    url: str
    status: int
    problem: str


@dataclass(eq=False)
class WrongContent(SenderMustCorrect):
    """This {kind} cannot be taken: {problem}. Correct it and give it again; nothing has changed."""

    code = "wrong-content"
    kind: str
    problem: str


@dataclass(eq=False)
class KeyReused(SenderMustCorrect):
    """The idempotency key {key} was used before with other content. Send new content under a new key."""

    code = "idempotency-key-reused"
    key: str


@dataclass(eq=False)
class TooLarge(SenderMustCorrect):
    """This has more than {limit:,} bytes, the most that is taken here. Split it, or send attachments apart."""

    code = "too-large"
    limit: int


@dataclass(eq=False)
class ArchiveUnavailable(TryAgain):
    """The archive of documents did not answer as it should: {problem}. Nothing was lost; the gateway tries again."""

    code = "archive-unavailable"
    problem: str


@dataclass(eq=False)
class DatabaseUnavailable(TryAgain):
    """The database did not answer as it should: {problem}. Nothing was lost; try again in a moment."""

    code = "database-unavailable"
    problem: str


@dataclass(eq=False)
class OtherSideAway(TryAgain):
    """{what} at {address} does not answer: {problem}. Look whether it is running, then try again."""

    code = "other-side-away"
    what: str
    address: str
    problem: str


@dataclass(eq=False)
class TooBusy(TryAgain):
    """Too much at once: {problem}. Try again in {retry_after} seconds."""

    code = "too-busy"
    problem: str
    retry_after: int


@dataclass(eq=False)
class SettingWrong(WeMustRepair):
    """The setting {name} is wrong: {problem}. {fix}"""

    code = "setting-wrong"
    name: str
    problem: str
    fix: str = "Correct it and start the gateway again."


@dataclass(eq=False)
class SigningKeyUnusable(WeMustRepair):
    """The signing key in {file} cannot be used: {problem}. {fix}"""

    code = "signing-key-unusable"
    file: str
    problem: str
    fix: str


@dataclass(eq=False)
class SigningCertificateExpired(WeMustRepair):
    """The signing certificate of {subject} ended on {ended:%Y-%m-%d %H:%M} UTC. Install its successor: nothing can be
    signed until then, and what waits is signed afterwards."""

    code = "signing-certificate-expired"
    subject: str
    ended: datetime.datetime


@dataclass(eq=False)
class SigningCertificateEarly(WeMustRepair):
    """The signing certificate of {subject} begins on {begins:%Y-%m-%d %H:%M} UTC. Look at the clock of this machine, or
    keep the certificate before it in place until then."""

    code = "signing-certificate-early"
    subject: str
    begins: datetime.datetime


@dataclass(eq=False)
class AlreadySigned(WeMustRepair):
    """The document {root} carries a signature already. Sign the document as it was written, once."""

    code = "already-signed"
    root: str


@dataclass(eq=False)
class ArchiveRefused(WeMustRepair):
    """The archive of documents refused access: {problem}. Repair its credentials or the rights on its folder."""

    code = "archive-refused"
    problem: str


@dataclass(eq=False)
class ArchiveDamaged(WeMustRepair):
    """The archive holds other bytes under {sha256} than were put there: they hash to {found}. Keep the file for
    inspection, and restore it from the second store by its hash."""

    code = "archive-damaged"
    sha256: str
    found: str


@dataclass(eq=False)
class MissingFromArchive(WeMustRepair):
    """The archive has nothing under {sha256}, although the log names it. Restore it from the second store by its
    hash."""

    code = "missing-from-archive"
    sha256: str


@dataclass(eq=False)
class EmbeddedServerFailed(WeMustRepair):
    """The embedded PostgreSQL in {folder} does not work. {fix} What was said: {problem}"""

    code = "embedded-server-failed"
    folder: str
    problem: str
    fix: str = "Repair it, or set DATABASE_URL to a server of yours."
