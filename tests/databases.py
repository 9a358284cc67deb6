"""Databases for tests: made in a moment, gone afterwards."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from psycopg import sql

# A lost test database is no loss, so nothing waits for the disk.
IN_A_HURRY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_numbers = itertools.count(1)


@contextmanager
def folder_for_a_server() -> Iterator[Path]:
    """A folder for an embedded server, with nothing left running in it afterwards.

    Not pytest's own: it closes the folder above to others at the start of each session, and under root the server is
    such another, maybe of a session that began before.
    """
    with TemporaryDirectory(prefix="gateway-", ignore_cleanup_errors=True) as above:
        folder = Path(above) / "postgres"
        try:
            yield folder
        finally:
            for process in processes_in(folder):
                with suppress(psutil.NoSuchProcess):
                    process.kill()


def processes_in(folder: Path) -> list[psutil.Process]:
    """The processes of the embedded server of this folder."""
    return [
        process
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["name"] == "postgres" and process.info["cwd"] == str(folder / "data")
    ]


@contextmanager
def database(server_url: str, template: str = "template1") -> Iterator[str]:
    """The URL of a new database, a copy of `template`, dropped afterwards whoever is still connected."""
    name = f"gateway_test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield url_of(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as server:
            server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def url_of(server_url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def name_of(url: str) -> str:
    """The database that a URL names."""
    return urlsplit(url).path.removeprefix("/")
