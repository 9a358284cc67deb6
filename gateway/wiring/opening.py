"""The database of this installation, opened for one command."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.errors import NotFound
from gateway.settings import Settings, read_settings
from gateway.store import parties
from gateway.store.session import Store, open_store
from gateway.store.upgrade import upgrade
from gateway.wiring.databases import database


@contextmanager
def opened_store(settings: Settings | None = None) -> Iterator[Store]:
    """The store of these settings (those of the environment), at the newest schema."""
    with database(settings or read_settings()) as url:
        upgrade(url)
        store = open_store(url, connections=2)
        try:
            yield store
        finally:
            store.close()


def tenant_named(store: Store, name: str) -> uuid.UUID:
    """The tenant of this name; the only one where no name is given. Raises NotFound."""
    with store.across() as transaction:
        known = parties.tenants(transaction)
    found = [one for one, called in known if called == name] if name else [one for one, _ in known]
    if len(found) != 1:
        names = ", ".join(called for _, called in known) or "none yet: make one with `gateway tenant add NAME`"
        raise NotFound("tenant", f"{name or '(not named)'}; there are: {names}")
    return found[0]
