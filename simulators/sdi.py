"""SDI, the Italian exchange system, over SdICoop: RiceviFile in, notices out.

A file gets its IdentificativoSdI at once and is judged afterwards: what is wrong with it comes back as a notice (NS),
also for a name that was used before (00002) or an invoice that was sent before (00404). In the answer itself only an
empty file (EI01), the script (EI02) and a stranger's certificate (EI03) are refused.
"""

import re

from simulators.invoice_file import Examined, Examiner
from simulators.listener import Reply, Request
from simulators.script import Rule
from simulators.sdi_books import SdiBooks, present
from simulators.sdi_controls import ROME
from simulators.soap import SoapRefused, fault, read_call, write_envelope
from simulators.world import World

PATH = "ricevi_file"
ACTION = "http://www.fatturapa.it/SdIRiceviFile/RiceviFile"
FILE_NAME = re.compile(r"[a-zA-Z0-9_.]{9,50}")
ENABLED_PEER = "gateway"


class Sdi:
    def __init__(self, world: World, examiner: Examiner, books: SdiBooks) -> None:
        self._world = world
        self._examiner = examiner
        self._books = books

    def answer(self, request: Request) -> Reply | None:
        if request.method != "POST" or request.segments != (PATH,):
            return Reply(404)
        try:
            parts = read_call(request, ACTION, "fileSdIAccoglienza", ("NomeFile", "File"))
            name, content = parts["NomeFile"].decode(), parts["File"]
            if not FILE_NAME.fullmatch(name):
                raise SoapRefused(f"NomeFile {name!r} does not match {FILE_NAME.pattern}")
        except SoapRefused as refusal:
            return fault(str(refusal))
        if request.peer != ENABLED_PEER:
            return self._respond("0", "EI03")
        return self._take(name, content)

    def _take(self, name: str, content: bytes) -> Reply | None:
        is_archive = name.endswith(".zip")
        examined = (
            Examined(()) if is_archive or not content else self._examiner.examine(name, content, self._world.now())
        )
        shown = present(name, content, examined)
        recipients = (examined.recipient_code, examined.mailbox, examined.buyer)
        rule = self._world.script.pick("sdi", {**shown.facts(), "recipient": recipients})
        if not self._world.admit(rule, shown):
            return None
        if refusal := self._turn_away(rule, content):
            self._world.note(shown, "untaken", rule.code if content and rule else "EI01")
            return refusal
        number = self._books.take_archive(shown, rule) if is_archive else self._books.take(shown, examined, rule)
        return None if rule and rule.behaviour == "drop" else self._respond(number)

    def _turn_away(self, rule: Rule | None, content: bytes) -> Reply | None:
        """What is refused in the answer itself; None: the file is taken, whatever may be said of it later."""
        if not content:
            return self._respond("0", "EI01")
        if rule is None or rule.behaviour != "reject":
            return None
        if rule.code.startswith("EI"):
            return self._respond("0", rule.code)
        if rule.code == "fault":
            return fault(rule.text or "the service is out of order", "Server")
        if rule.code.isdigit() and len(rule.code) == 3:
            return Reply(int(rule.code), rule.text.encode(), "text/plain; charset=utf-8")
        return None

    def _respond(self, identifier: str, error: str = "") -> Reply:
        moment = self._world.now().astimezone(ROME).isoformat(timespec="milliseconds")
        parts = {"IdentificativoSdI": identifier, "DataOraRicezione": moment} | ({"Errore": error} if error else {})
        return Reply(200, write_envelope("rispostaSdIRiceviFile", parts), "text/xml; charset=utf-8")
