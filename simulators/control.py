"""The control panel of the twin, plain HTTP on loopback: move the clock, write the script, look at what arrived.

GET  /health
GET  /clock                             {now, offset}
POST /clock/advance     {seconds}       moves the clock, waits for what became due -> {now, offset, settled}
POST /script/{party}    rule or [rules] party: ap, sdi, smtp, print
GET  /script/{party}                    the rules and how often each was used
DELETE /script                          forget all rules, let go of everybody who hangs
GET  /seen/{party}                      what arrived; ?key= for one key
GET  /seen/{party}/count                how many parcels were presented, and how many of them were new
GET  /seen/{party}/content/{sha256}     the bytes
GET  /directory                         who is registered on the Peppol network
POST /directory         {participants: {id: [document types] or null}}   null: the two billing types
DELETE /directory/{id}
GET  /sdi/endpoint, PUT /sdi/endpoint   {url, form, allow_plain}: where SDI delivers notices
GET  /sdi/notices                       each notice, its attempts, whether it was taken
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from simulators.clock import Clock
from simulators.directory import BILLING_TYPES, Directory
from simulators.listener import Reply, Request, json_reply
from simulators.script import PARTIES, Script, read_rule
from simulators.sdi_courier import Courier, Endpoint
from simulators.seen import Ledger


class Refused(ValueError):
    """The request makes no sense; the message says what would."""


@dataclass(frozen=True)
class Control:
    clock: Clock
    advance: Callable[[float], bool]
    """Moves the clock by seconds; False when what became due is not done yet."""
    script: Script
    ledger: Ledger
    directory: Directory
    courier: Courier

    def answer(self, request: Request) -> Reply | None:
        try:
            return self._route(request)
        except ValueError as error:
            return json_reply({"error": str(error)}, 400)

    def _route(self, request: Request) -> Reply:
        match request.segments:
            case ("health",):
                return json_reply({"status": "UP", "parties": PARTIES})
            case ("clock", *rest):
                return self._clock(request, rest)
            case ("script", *rest):
                return self._script(request, rest)
            case ("seen", party, *rest) if party in PARTIES:
                return self._seen(request, party, rest)
            case ("directory", *rest):
                return self._directory(request, rest)
            case ("sdi", name):
                return self._sdi(request, name)
        return json_reply({"error": f"there is no {request.path}"}, 404)

    def _clock(self, request: Request, rest: list[str]) -> Reply:
        if (request.method, rest) == ("POST", ["advance"]):
            seconds = _object(request).get("seconds")
            if isinstance(seconds, bool) or not isinstance(seconds, int | float):
                raise Refused(f"seconds is a number, not {seconds!r}")
            return json_reply({"settled": self.advance(float(seconds)), **self._time()})
        if (request.method, rest) == ("GET", []):
            return json_reply(self._time())
        return Reply(405)

    def _time(self) -> dict[str, object]:
        return {"now": self.clock.now().isoformat(), "offset": self.clock.offset}

    def _script(self, request: Request, rest: list[str]) -> Reply:
        match (request.method, *rest):
            case ("DELETE",):
                self.script.clear()
                return Reply(204)
            case ("GET", party) if party in PARTIES:
                return json_reply(self.script.report(party))
            case ("POST", party):
                data = _json(request)
                rules = [read_rule(party, each) for each in (data if isinstance(data, list) else [data])]
                for rule in rules:
                    self.script.add(party, rule)
                return json_reply({"added": len(rules)}, 201)
        return Reply(405)

    def _seen(self, request: Request, party: str, rest: list[str]) -> Reply:
        match (request.method, *rest):
            case ("GET",):
                return json_reply(self.ledger.report(party, request.query.get("key")))
            case ("GET", "count"):
                return json_reply(self.ledger.count(party))
            case ("GET", "content", sha256):
                content = self.ledger.content(sha256)
                return Reply(200, content, "application/octet-stream") if content is not None else Reply(404)
        return Reply(405)

    def _directory(self, request: Request, rest: list[str]) -> Reply:
        match (request.method, *rest):
            case ("GET",):
                return json_reply(self.directory.entries())
            case ("POST",):
                participants = _object(request).get("participants")
                if not isinstance(participants, dict):
                    raise Refused("participants is an object: id -> list of document types, or null")
                for participant, types in participants.items():
                    self.directory.register(
                        str(participant), BILLING_TYPES if types is None else [str(each) for each in types]
                    )
                return json_reply({"registered": len(participants)}, 201)
            case ("DELETE", participant):
                return Reply(204 if self.directory.remove(participant) else 404)
        return Reply(405)

    def _sdi(self, request: Request, name: str) -> Reply:
        match (request.method, name):
            case ("GET", "notices"):
                return json_reply([errand.report() for errand in self.courier.errands()])
            case ("GET", "endpoint"):
                return json_reply(asdict(self.courier.endpoint) if self.courier.endpoint else None)
            case ("PUT", "endpoint"):
                self.courier.endpoint = _endpoint(_object(request))
                return Reply(204)
        return Reply(405)


def _endpoint(data: Mapping[str, object]) -> Endpoint:
    unknown = set(data) - {"url", "form", "allow_plain"}
    if unknown or "url" not in data:
        raise Refused("an endpoint has url, and may have form and allow_plain")
    return Endpoint(str(data["url"]), str(data.get("form", "inline")), allow_plain=data.get("allow_plain") is True)


def _json(request: Request) -> object:
    try:
        return json.loads(request.body)
    except ValueError as error:
        raise Refused(f"the body is not JSON: {error}") from error


def _object(request: Request) -> dict[str, object]:
    data = _json(request)
    if not isinstance(data, dict):
        raise Refused("the body is a JSON object")
    return data
