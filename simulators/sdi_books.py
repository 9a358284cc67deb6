"""What SDI remembers and what it says later: names used for ever, known invoices, notices planned by the clock."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count

from simulators.invoice_file import Examined, Examiner, Invoice, open_archive
from simulators.pace import Pace
from simulators.script import Rule, Step
from simulators.sdi_controls import Failure
from simulators.sdi_courier import Courier
from simulators.sdi_notices import Said, Transmission, Writer
from simulators.world import Presentation, World

FIRST_NUMBER = 100_000_001
UNROUTED = ("0000000", "XXXXXXX")
UNREADABLE = Failure("00106", "File o archivio vuoto o non leggibile")
USED_NAME = Failure("00002", "Nome file duplicato", "Un file con lo stesso nome è già stato inviato: cambiare nome")
KNOWN_INVOICE = Failure("00404", "Fattura duplicata", "La stessa fattura è già stata trasmessa e accettata")

Archive = tuple[str, str]
"""(identifier, name) of the zip that a file came in."""


@dataclass
class _Memory:
    names: set[str] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)
    invoices: set[Invoice] = field(default_factory=set)
    progressives: dict[tuple[str, str], int] = field(default_factory=dict)


class SdiBooks:
    def __init__(self, world: World, examiner: Examiner, writer: Writer, courier: Courier) -> None:
        self._world = world
        self._examiner = examiner
        self._writer = writer
        self._courier = courier
        self._lock = threading.Lock()
        self._memory = _Memory()
        self._numbers = count(FIRST_NUMBER)

    def take(self, shown: Presentation, examined: Examined, rule: Rule | None) -> str:
        """Give a file its number and plan what will be said about it. Returns the number (IdentificativoSdI)."""
        with self._lock:
            identifier = str(next(self._numbers))
            self._judge(shown, examined, rule, identifier, None)
            return identifier

    def take_archive(self, shown: Presentation, rule: Rule | None) -> str:
        """A zip: a number for itself and one for each file in it, with notices of its own."""
        try:
            files = open_archive(shown.content)
        except ValueError:
            return self.take(shown, Examined((UNREADABLE,)), rule)
        with self._lock:
            identifier = str(next(self._numbers))
            if shown.filename in self._memory.names:
                self._judge(shown, Examined(()), rule, identifier, None)
                return identifier
            self._memory.names.add(shown.filename)
            for name, content in files:
                inside = self._examiner.examine(name, content, self._world.now())
                piece = present(name, content, inside)
                self._judge(piece, inside, rule, str(next(self._numbers)), (identifier, shown.filename))
            return identifier

    def _judge(
        self, shown: Presentation, examined: Examined, rule: Rule | None, number: str, archive: Archive | None
    ) -> None:
        """The controls that need a memory, then the script's; the caller holds the lock."""
        sha256 = self._world.ledger.keep(shown.content)
        is_used = shown.filename in self._memory.names
        failures = (USED_NAME,) if is_used else examined.failures
        if not failures and (sha256 in self._memory.hashes or self._memory.invoices & set(examined.invoices)):
            failures = (KNOWN_INVOICE,)
        if not failures and rule and rule.behaviour == "reject":
            failures = (Failure(rule.code or "00300", rule.text or "Scarto previsto dal copione"),)
        self._memory.names.add(shown.filename)
        if not failures:
            self._memory.hashes.add(sha256)
            self._memory.invoices.update(examined.invoices)
        outcome = "repeat" if is_used else "refused" if failures else "new"
        codes = " ".join(failure.code for failure in failures)
        self._world.note(shown, outcome, codes or f"IdentificativoSdI {number}")
        received = self._world.now()
        transmission = Transmission(number, shown.filename, shown.content, sha256, received, examined, archive)
        self._plan(transmission, failures, rule)

    def _plan(self, transmission: Transmission, failures: Sequence[Failure], rule: Rule | None) -> None:
        if rule and rule.behaviour == "silent":
            return
        moment = transmission.received
        for step in course(transmission, failures, rule):
            moment += timedelta(seconds=lasts(self._world.pace, step))
            said = Said(
                code=step.say,
                moment=moment,
                failures=failures or (Failure(step.code, step.text),),
                outcome=step.code or "EC01",
                text=step.text,
            )
            self._world.agenda.at(moment, transmission.identifier, partial(self._speak, transmission, said))

    def _speak(self, transmission: Transmission, said: Said) -> None:
        """Write a notice, once, and send it until it is taken."""
        place = (transmission.name.partition(".")[0], said.code)
        with self._lock:
            progressive = self._memory.progressives.get(place, 0) + 1
            self._memory.progressives[place] = progressive
            message = next(self._numbers)
        self._courier.deliver(transmission.identifier, self._writer.write(transmission, said, progressive, message))


def present(name: str, content: bytes, examined: Examined) -> Presentation:
    invoice = examined.invoices[0] if examined.invoices else Invoice("", "", "", is_credit_note=False)
    recipient = examined.mailbox or examined.recipient_code
    return Presentation("sdi", name, content, invoice.seller, recipient, invoice.number, filename=name)


def course(transmission: Transmission, failures: Sequence[Failure], rule: Rule | None) -> tuple[Step, ...]:
    """What will be said of a file: a rejection, what the script has, or what SDI says by itself.

    A private buyer without a channel (0000000 and no PEC, or abroad) gets the invoice in his reserved area: MC. A
    public office that does not answer lets the term run out: DT.
    """
    if failures:
        return (Step("NS"),)
    if rule and rule.then:
        return rule.then
    examined = transmission.examined
    if examined.is_public:
        return (Step("RC"), Step("DT", text="Nessun esito entro i termini"))
    if examined.recipient_code in UNROUTED and not examined.mailbox:
        return (Step("MC", text="Fattura messa a disposizione nell'area riservata del cessionario"),)
    return (Step("RC"),)


def lasts(pace: Pace, step: Step) -> float:
    if step.after is not None:
        return step.after
    return {"NS": pace.ns, "RC": pace.rc, "MC": pace.mc, "NE": pace.ne, "DT": pace.dt, "AT": pace.at}[step.say]
