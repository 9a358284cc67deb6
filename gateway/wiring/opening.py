"""The database of this installation, opened for one command."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gateway.errors import WrongContent
from gateway.settings import Settings, read_settings
from gateway.store import parties
from gateway.store.session import Store, open_store
from gateway.store.upgrade import upgrade
from gateway.wiring.databases import database
from gateway.wiring.logs import speak


@contextmanager
def opened_store(settings: Settings | None = None) -> Iterator[Store]:
    """The store of these settings (those of the environment), at the newest schema."""
    speak("warning")  # on standard error: what a command prints is its answer
    with database(settings or read_settings()) as url:
        upgrade(url)
        store = open_store(url, connections=2)
        try:
            yield store
        finally:
            store.close()


def tenant_named(store: Store, name: str) -> uuid.UUID:
    """The tenant of this name; the only one where no name is given. Raises WrongContent."""
    with store.across() as transaction:
        known = parties.tenants(transaction)
    found = [one for one, called in known if name in ("", called)]
    if len(found) != 1:
        raise WrongContent("tenant", _which(name, [called for _, called in known]))
    return found[0]


def _which(name: str, known: Sequence[str]) -> str:
    if not known:
        return "there is none yet; make one with `gateway tenant add NAME`"
    said = f"there is none called {name}; there are" if name else "there are several, name one with --tenant:"
    return f"{said} {', '.join(known)}"
