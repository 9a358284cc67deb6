"""`python -m simulators`: the network twin as a process of its own, until it gets SIGTERM or SIGINT."""

import argparse
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from simulators.directory import BILLING_TYPES
from simulators.script import read_rule
from simulators.sdi_courier import Endpoint
from simulators.twin import Twin


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulators", description=__doc__)
    parser.add_argument(
        "--ready", type=Path, metavar="FILE", help="write addresses and credentials here when all listen"
    )
    parser.add_argument("--work", type=Path, metavar="DIR", help="keep keys and what was received here")
    parser.add_argument("--pace", default="demo", help="demo, real, or with changes: demo,mls=30,rc=0.1")
    parser.add_argument("--sdi-endpoint", metavar="URL", help="where SDI delivers its notices")
    parser.add_argument("--fatturapa-xsd", type=Path, metavar="DIR", help="official schemas for SDI's control 00200")
    parser.add_argument(
        "--participants", type=Path, metavar="FILE", help="JSON: participant id -> document types or null"
    )
    parser.add_argument("--script", type=Path, metavar="FILE", help="JSON: party -> list of rules")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args(words)


def prepare(twin: Twin, options: argparse.Namespace) -> None:
    """What the twin should know from the start. Raises ValueError for a rule or address that can't be read."""
    if options.sdi_endpoint:
        twin.notify(Endpoint(options.sdi_endpoint))
    if options.participants:
        for participant, types in json.loads(options.participants.read_text(encoding="utf-8")).items():
            twin.directory.register(participant, BILLING_TYPES if types is None else types)
    if options.script:
        for party, rules in json.loads(options.script.read_text(encoding="utf-8")).items():
            for rule in rules:
                twin.script.add(party, read_rule(party, rule))


def write_ready(twin: Twin, path: Path) -> None:
    """Complete when it can be seen, and for its owner alone: it holds passwords."""
    content = json.dumps({"pid": os.getpid(), **twin.ready()}, indent=1)
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
    part.replace(path)


def give_up(error: Exception) -> int:
    print(f"the network twin can't start: {error}", file=sys.stderr)
    return 2


def main(words: list[str]) -> int:
    options = arguments(words)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING)
    # aiosmtpd warns of its own next version at each login, paramiko of every port scan with a traceback.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    ended = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        twin = Twin(options.work, pace=options.pace, fatturapa_schemas=options.fatturapa_xsd)
    except (ValueError, OSError) as error:
        return give_up(error)
    try:
        prepare(twin, options)
    except (ValueError, OSError) as error:
        twin.stop()
        return give_up(error)
    with twin:
        if options.ready:
            write_ready(twin, options.ready)
        print(f"network twin ready, control at {twin.control.url}", flush=True)
        ended.wait()
    if options.ready:
        options.ready.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
