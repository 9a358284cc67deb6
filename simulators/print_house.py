"""A print house: takes batches from its drop folder, remembers what it took, and reports by the clock.

The same batch with the same content is taken once and acknowledged again; with another content it is refused. A letter
whose key was printed before is rejected as a duplicate, whatever batch it comes in.
"""

import json
import logging
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from simulators.drop_folder import TICKET, Arrival
from simulators.letters import UNREPORTED, Event, Refusal, fate, refuse
from simulators.script import Facts, Rule
from simulators.ticket import Piece, Ticket, TicketRefused, read_ticket
from simulators.world import Presentation, World

log = logging.getLogger(__name__)

REFUSES_ALL = ("", "batch_refused")
"""Codes of a rejection that mean the whole batch; any other is the reason for which one letter is rejected."""


@dataclass
class Batch:
    """One batch in the house's books."""

    ticket: Ticket
    rule: Rule | None
    counts: Counter[str] = field(default_factory=Counter)
    sequence: int = 0

    @property
    def is_silent(self) -> bool:
        return self.rule is not None and self.rule.behaviour == "silent"

    def totals(self) -> dict[str, object]:
        """What status files add up to so far; wrong by one where the script says `miscount`."""
        wrong = 1 if self.rule is not None and self.rule.behaviour == "miscount" else 0
        names = ("accepted", "rejected", "printed", "inserted", "posted", "returned")
        totals: dict[str, object] = {name: self.counts[name] for name in names}
        totals["posted"] = self.counts["posted"] + wrong
        return totals | {"spoiled_reprinted": self.counts["spoiled"], "amount_hash": self.ticket.amount_hash}


class PrintHouse:
    def __init__(self, world: World, root: Path, vault: Path) -> None:
        self._world = world
        self._root = root
        self._vault = vault
        self._vault.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._batches: dict[str, Batch] = {}
        self._pieces: set[str] = set()
        self._events = count(1)
        self._visits = count(1)

    def announce(self, ticket: Path) -> Arrival:
        """Act out the script's waiting before the ticket comes into sight."""
        rule = self._world.script.pick("print", _facts(ticket), _is_of_batch)
        if not self._world.admit(rule, self._present(ticket)):
            return Arrival(is_taken=False)
        return Arrival(is_answered=rule is None or rule.behaviour != "drop", rule=rule)

    def collect(self, folder: Path, arrival: Arrival) -> None:
        rule = arrival.rule if isinstance(arrival.rule, Rule) else None
        self._world.agenda.after(self._world.pace.taken, folder.name, partial(self._pick_up, folder, rule))

    def _pick_up(self, folder: Path, rule: Rule | None) -> None:
        """Take the batch out of the drop folder and judge it."""
        place = self._vault / f"{next(self._visits):06d}-{folder.name}"
        folder.rename(place)
        tickets = sorted(place.glob(f"*{TICKET}"))
        name = tickets[0].name.removesuffix(TICKET)
        shown = self._present(tickets[0])
        try:
            if len(tickets) != 1:
                raise TicketRefused(f"{len(tickets)} tickets in one folder")
            if rule and rule.behaviour == "reject":
                raise TicketRefused(rule.text or "refused by the script")
            ticket = read_ticket(shown.content, tickets[0].name, place)
            with self._lock:
                known = self._batches.get(ticket.batch)
                if known and known.ticket.content_sha256 != ticket.content_sha256:
                    raise TicketRefused(f"batch {ticket.batch} was taken before with another content")
                batch = known or self._batches.setdefault(ticket.batch, Batch(ticket, rule))
        except TicketRefused as refusal:
            self._world.note(shown, "refused", str(refusal))
            self._write(name, 1, {}, [Event("", "batch_refused", "other", str(refusal))])
            return
        self._acknowledge(ticket)
        if known:
            self._world.note(shown, "repeat", "already taken")
            self._report(batch, [Event("", "batch_received", None, "already taken")])
        else:
            self._world.note(shown, "new", "taken")
            self._take(batch, place)

    def _take(self, batch: Batch, folder: Path) -> None:
        """Judge each letter, report the verdicts, and plan what happens to those that are accepted."""
        now, pace = self._world.now(), self._world.pace
        verdicts = [Event("", "batch_received")]
        agenda: dict[datetime, list[Event]] = {}
        for piece in batch.ticket.pieces:
            content = (folder / piece.file).read_bytes()
            shown = Presentation("print", piece.key, content, batch.ticket.sender, _whom(piece), piece.document)
            rule = self._world.script.pick("print", shown.facts(), lambda each: not _is_of_batch(each)) or batch.rule
            refusal = self._refuse(piece, folder, rule)
            self._world.note(shown, "refused" if refusal else "new", refusal.reason if refusal else "accepted")
            if refusal:
                verdicts.append(Event(piece.key, "rejected", refusal.reason, refusal.detail))
                continue
            self._pieces.add(piece.key)
            if piece.postcode != UNREPORTED:
                verdicts.append(Event(piece.key, "accepted"))
            day = max(
                now + timedelta(seconds=pace.printed + pace.posted), _opening(batch.ticket, keeps=pace.keeps_calendar)
            )
            for moment, event in fate(piece, rule.then if rule else (), pace, day):
                agenda.setdefault(moment, []).append(event)
        self._report(batch, verdicts)
        if batch.ticket.is_test:
            return
        for moment, events in agenda.items():
            self._world.agenda.at(moment, batch.ticket.batch, partial(self._report, batch, events))

    def _refuse(self, piece: Piece, folder: Path, rule: Rule | None) -> Refusal | None:
        if piece.key in self._pieces:
            return Refusal("duplicate", "this key was printed before")
        if rule and rule.behaviour == "reject":
            return Refusal(rule.code or "other", rule.text or "refused by the script")
        return refuse(piece, folder, self._world.now())

    def _report(self, batch: Batch, events: list[Event]) -> None:
        if batch.is_silent:
            return
        with self._lock:
            batch.counts.update(event.event for event in events)
            batch.sequence += 1
            sequence = batch.sequence
        self._write(batch.ticket.batch, sequence, batch.totals(), events, batch.ticket)

    def _write(
        self, batch: str, sequence: int, totals: dict[str, object], events: list[Event], ticket: Ticket | None = None
    ) -> None:
        """A status file, complete when it can be seen."""
        pieces = {piece.key: piece for piece in ticket.pieces} if ticket else {}
        now = self._world.now().isoformat(timespec="seconds")
        status = {
            "status_version": "1",
            "batch": batch,
            "issued_at": now,
            "sequence": sequence,
            "totals": totals,
            "events": [self._line(event, pieces.get(event.piece), now) for event in events],
        }
        target = self._root / "out" / f"{batch}.{sequence}.status.json"
        part = target.with_name(f".{target.name}.part")
        part.write_text(json.dumps(status, ensure_ascii=False, indent=1), encoding="utf-8")
        part.replace(target)

    def _line(self, event: Event, piece: Piece | None, now: str) -> dict[str, object]:
        is_posted = event.event == "posted" and piece is not None
        return {
            "id": f"E-{next(self._events):08d}",
            "piece": event.piece or None,
            "at": now,
            "event": event.event,
            "reason": event.reason,
            "detail": event.detail,
            "sheets": piece.sheets if piece else None,
            "grams": piece.grams if piece else None,
            "postage": {"class": f"{piece.country}-STD", "amount": "1.10", "currency": "EUR"}
            if piece and is_posted
            else None,
            "tracking": event.tracking,
            "new_address": event.new_address,
        }

    def _acknowledge(self, ticket: Ticket) -> None:
        """`<batch>.ack` in the drop folder: who lost the answer to his rename can see that the batch was taken."""
        note = {
            "batch": ticket.batch,
            "content_sha256": ticket.content_sha256,
            "taken_at": self._world.now().isoformat(timespec="seconds"),
        }
        target = self._root / "in" / f"{ticket.batch}.ack"
        part = target.with_name(f"{target.name}.part")
        part.write_text(json.dumps(note), encoding="utf-8")
        part.replace(target)

    def _present(self, ticket: Path) -> Presentation:
        name = ticket.name
        return Presentation("print", name.removesuffix(TICKET), ticket.read_bytes(), filename=name)


def _is_of_batch(rule: Rule) -> bool:
    """Whether a rule is about a batch as a whole or about each letter in it."""
    return rule.behaviour != "accept" and (rule.behaviour != "reject" or rule.code in REFUSES_ALL)


def _whom(piece: Piece) -> str:
    return f"{piece.name}, {piece.postcode} {piece.town}, {piece.country}"


def _opening(ticket: Ticket, *, keeps: bool) -> datetime:
    """The earliest moment of posting: six in the morning (UTC) of post_not_before, where the house keeps to it."""
    if not keeps:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.combine(datetime.fromisoformat(ticket.post_not_before).date(), time(6), UTC)


def _facts(ticket: Path) -> Facts:
    """Of the batch and of all its letters, as far as the ticket can be read."""
    name = ticket.name.removesuffix(TICKET)
    facts: dict[str, tuple[str, ...]] = {"filename": (ticket.name,), "key": (name,)}
    try:
        pieces = json.loads(ticket.read_bytes())["pieces"]
        facts["number"] = tuple(str(piece["document"]) for piece in pieces)
        facts["key"] += tuple(str(piece["key"]) for piece in pieces)
        facts["recipient"] = tuple(f"{piece['to']['name']}, {piece['to']['postcode']}" for piece in pieces)
    except (ValueError, KeyError, TypeError) as error:
        log.debug("%s is for the ticket's reader to judge: %s", name, error)
    return facts
