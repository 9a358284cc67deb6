"""A Peppol access point that is asked to send: the REST interfaces of phoss-ap and of phase4-peppol-standalone."""

import hashlib
import hmac
from uuid import uuid4

from simulators.listener import Reply, Request, json_reply, text_reply
from simulators.outbound import Answered, Books, TurnedAway, Unanswered
from simulators.sbd import EnvelopeRefused, envelope_of, read_envelope, with_payload
from simulators.sending_report import parsing_report
from simulators.world import Presentation, World


class AccessPoint:
    def __init__(self, world: World, books: Books, token: str) -> None:
        self._world = world
        self._books = books
        self._token = token

    def answer(self, request: Request) -> Reply | None:
        match (request.method, *request.segments):
            case ("GET", "phase4ping"):
                return text_reply("pong")
            case ("GET", "management", "status"):
                return json_reply({"status": "UP"})
            case (_, "api", "outbound", *rest):
                return self._phoss(request, tuple(rest))
            case ("POST", "sendas4" | "sendsbdh" as name, *rest):
                return self._standalone(request, name, tuple(rest))
        return Reply(404)

    def _phoss(self, request: Request, path: tuple[str, ...]) -> Reply | None:
        if not self._is_known(request.headers.get("x-token", "")):
            return json_reply({"error": "Invalid or missing API token"}, 401)
        match (request.method, *path):
            case ("POST", "submit-sbd"):
                return self._submit_sbd(request.body)
            case ("POST", "submit", *ids) if len(ids) == 5:
                return self._submit_raw(request, tuple(ids))
            case ("GET", "status", instance):
                transaction = self._books.find(instance)
                return json_reply(transaction.as_json()) if transaction else Reply(404)
            case ("GET", "in-transmission"):
                return json_reply([each.as_json() for each in self._books.under_way()])
        return Reply(404)

    def _submit_sbd(self, body: bytes) -> Reply | None:
        try:
            envelope = read_envelope(body)
        except EnvelopeRefused as refusal:
            self._note_unreadable(body, str(refusal))
            return json_reply(f"Failed to submit outbound SBD transaction: {refusal}", 400)
        return shown(self._books.send(envelope, body, may_retry=True), 422)

    def _submit_raw(self, request: Request, ids: tuple[str, ...]) -> Reply | None:
        try:
            envelope = envelope_of(ids, request.query.get("sbdhInstanceID") or str(uuid4()))
        except ValueError as error:
            return json_reply(str(error), 400)
        try:
            envelope = with_payload(envelope, request.body)
        except EnvelopeRefused as refusal:
            self._note_unreadable(request.body, str(refusal))
            return json_reply(f"Failed to submit outbound transaction: {refusal}", 422)
        return shown(self._books.send(envelope, request.body, may_retry=True), 422)

    def _standalone(self, request: Request, name: str, ids: tuple[str, ...]) -> Reply | None:
        token = request.headers.get("x-token")
        if token is None:
            return json_reply({"status": 400, "error": "Bad Request", "path": request.path}, 400)
        if not self._is_known(token):
            return json_reply({"status": 403, "error": "Forbidden", "path": request.path}, 403)
        try:
            if name == "sendsbdh" and not ids:
                return shown(self._books.send(read_envelope(request.body), request.body, may_retry=False), 200)
            if name == "sendas4" and len(ids) == 5:
                envelope = with_payload(envelope_of(ids, str(uuid4())), request.body)
                return shown(self._books.send(envelope, request.body, may_retry=False), 200)
        except ValueError as error:
            self._note_unreadable(request.body, str(error))
            return json_reply(parsing_report(str(error), self._world.now()))
        return Reply(404)

    def _is_known(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token.encode())

    def _note_unreadable(self, body: bytes, error: str) -> None:
        key = hashlib.sha256(body).hexdigest()
        self._world.note(Presentation("ap", key, body), "refused", error)


def shown(outcome: Answered | TurnedAway | Unanswered, status_of_failure: int) -> Reply | None:
    """phoss-ap answers a failed sending with 422, phase4-peppol-standalone with 200: there one reads overallSuccess."""
    match outcome:
        case Answered(report, is_sent):
            return json_reply(report, 200 if is_sent else status_of_failure)
        case TurnedAway(status, text):
            return json_reply(text, status)
    return None
