"""Where the database is: the one that is set, or an embedded server."""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.settings import Settings
from gateway.store.embedded import embedded_postgres


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of the database: the one that is set, or an embedded server for as long as the block runs."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with embedded_postgres(settings.data.absolute() / "postgres") as url:
        yield url
