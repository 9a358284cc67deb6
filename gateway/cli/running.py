"""Running the gateway: doors, workers, database, and whether all is well."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.screen import say, table

Ready = Annotated[
    Path | None, typer.Option(help="JSON file with addresses and ports, written once every door is open.")
]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command(epilog="Example: `gateway serve --ready doors.json`")(serve)
    app.command(epilog="Example: `DATABASE_URL=postgresql://... gateway work`")(work)
    app.command(epilog="Example: `gateway up --workers 2`")(up)
    app.command(epilog="Example: `gateway doctor || mail -s 'gateway is ill' ops@example.com`")(doctor)
    databases = typer.Typer(help="The database of this installation.", no_args_is_help=True)
    databases.command("upgrade", epilog="Example: `DATABASE_URL=postgresql://... gateway db upgrade`")(db_upgrade)
    app.add_typer(databases, name="db")


def serve(ready: Ready = None) -> None:
    """Open the doors: API and desk, SFTP, and SDI's notices where they are set. Ends on SIGTERM or Ctrl-C."""
    from gateway.settings import read_settings
    from gateway.wiring.logs import speak
    from gateway.wiring.serving import serve as open_doors

    settings = read_settings()
    speak(settings.log_level)
    open_doors(settings, ready)


def work() -> None:
    """Work: read, prepare, send, follow. Any number of processes on any number of machines. Ends on SIGTERM."""
    from gateway.pipeline.jobs import work as work_on
    from gateway.settings import read_settings
    from gateway.wiring.building import open_installation
    from gateway.wiring.doctor import refuse_strangers
    from gateway.wiring.logs import speak

    settings = read_settings()
    speak(settings.log_level)
    refuse_strangers()
    with open_installation(settings, connections=settings.work.concurrency + 2) as installation:
        work_on(installation.house, installation.database_url)


def up(workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1, ready: Ready = None) -> None:
    """Everything on one machine: doors and workers. Ends on SIGTERM or Ctrl-C."""
    from gateway.settings import read_settings
    from gateway.wiring.logs import speak
    from gateway.wiring.serving import serve as open_doors

    settings = read_settings()
    speak(settings.log_level)
    open_doors(settings, ready, workers=workers)


def db_upgrade() -> None:
    """Bring the database to the schema of this version. Safe to repeat, and to run twice at once."""
    from gateway.settings import read_settings
    from gateway.store.upgrade import upgrade
    from gateway.wiring.databases import database
    from gateway.wiring.logs import speak

    speak("warning")
    with database(read_settings()) as url:
        say(f"The database is at {upgrade(url)}.")


def doctor() -> None:
    """Look whether this installation is fit to work. Exit 0: it is; 1: something must be repaired."""
    from gateway.settings import read_settings
    from gateway.wiring.doctor import examine
    from gateway.wiring.logs import speak

    speak("warning")
    answers = list(examine(read_settings()))
    words = {True: "fit", False: "UNFIT", None: "not set"}
    table(("what", "", "answer"), [(one.question, words[one.is_fit], one.words) for one in answers])
    raise typer.Exit(1 if any(one.is_fit is False for one in answers) else 0)
