"""Is this installation fit to work? Each question is asked for itself, and each answer says what to do."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from typing import Final

from gateway import registry
from gateway.archive import open_archive
from gateway.clock import SystemClock
from gateway.errors import GatewayError, SettingWrong
from gateway.settings import Settings
from gateway.signing.keys import load_signing_key
from gateway.store.session import open_store
from gateway.store.upgrade import newest_revision, revision_of
from gateway.wiring.building import build_channels
from gateway.wiring.databases import database
from gateway.wiring.packing import packers
from gateway.wiring.second_opinion import judges_of

DISTRIBUTION: Final = "einvoice-gateway"
OWN_NAMES: Final = ("formats", "rules", "channels", "gateway")
# Written to see whether the archive can be written: the tenant of nobody.
_NOBODY: Final = uuid.UUID(int=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """One question to the installation. is_fit: None where there was nothing to ask about."""

    question: str
    is_fit: bool | None
    words: str


def refuse_strangers() -> None:
    """Raises SettingWrong where another package owns one of our import names: pip overwrites them silently."""
    owners = packages_distributions()
    for name in OWN_NAMES:
        strangers = sorted(set(owners.get(name, [])) - {DISTRIBUTION})
        if strangers:
            raise SettingWrong(
                f"import name {name}",
                f"the package {', '.join(strangers)} has files under it",
                f"Install {DISTRIBUTION} in an environment of its own.",
            )


def examine(settings: Settings) -> Iterator[Answer]:
    """Every question, in the order in which a fault of one explains the next."""
    yield _asked("import names", _names_are_ours)
    yield _asked("formats and channels", _plugins)
    yield _asked("database", lambda: _database(settings))
    yield _asked("archive", lambda: _archive(settings))
    yield _asked("channels", lambda: _channels(settings))
    yield _asked("official rule sets", lambda: _judges(settings))
    if settings.signing.key_file is None and settings.signing.certificate_file is None:
        yield Answer("signing certificate", None, "none is set: invoices to Italian public bodies will be held")
    else:
        yield _asked("signing certificate", lambda: _signing(settings))


def _asked(question: str, ask: Callable[[], str]) -> Answer:
    try:
        return Answer(question, True, ask())
    except GatewayError as error:
        return Answer(question, False, str(error))
    except Exception as error:  # noqa: BLE001 - a doctor who falls ill says so and goes on
        return Answer(question, False, f"{type(error).__name__}: {error}")


def _names_are_ours() -> str:
    refuse_strangers()
    return "nobody else has files under them"


def _plugins() -> str:
    known = registry.load()
    return f"{', '.join(sorted(known.formats))}; {', '.join(sorted(known.channel_types))}"


def _database(settings: Settings) -> str:
    with database(settings) as url:
        found, newest = revision_of(url), newest_revision()
        if not found:
            return "answers; the first start gives it its schema"
        if found > newest:  # they are numbers, in the order of their making
            raise SettingWrong(
                "database_url", f"a newer gateway made its schema ({found})", "Install that version here as well."
            )
        store = open_store(url, connections=1)
        try:
            with store.across():
                later = "" if found == newest else f"; the next start makes it {newest}"
                return f"answers, at schema {found}{later}"
        finally:
            store.close()


def _archive(settings: Settings) -> str:
    archive = open_archive(settings.archive_url or str(settings.data.absolute() / "archive"))
    sha256 = archive.put(_NOBODY, b"written by `gateway doctor`\n")
    archive.get(_NOBODY, sha256)
    return "writes and reads"


def _channels(settings: Settings) -> str:
    known = registry.load()
    built = build_channels(settings, known, SystemClock())
    packers(settings, known)
    missing = sorted(registry.OWN_CHANNELS - set(built))
    without = f"; without settings: {', '.join(missing)}" if missing else ""
    return f"{', '.join(sorted(built)) or 'none'} can be built{without}"


def _judges(settings: Settings) -> str:
    """Not to have judges is no fault: our own rules are proved equal to theirs."""
    judges = judges_of(settings)
    judges.check_ready()
    said = [
        f"{one.rules} {one.mark} (disagreed {count.disagreed}, broke down {count.broke})"
        for one, count in judges.counts()
    ]
    return ", ".join(said) or "none is installed: our own rules judge alone"


def _signing(settings: Settings) -> str:
    given, now = settings.signing, SystemClock().now()
    key_file = given.key_file or given.certificate_file
    assert key_file is not None  # noqa: S101 - asked by the caller
    key = load_signing_key(key_file, given.password_file, given.certificate_file)
    key.check_in_force(now)
    return str(key.warning(now) or f"{key.subject}, until {key.certificate.not_valid_after_utc:%Y-%m-%d}")
