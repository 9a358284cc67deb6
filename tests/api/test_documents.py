"""One document: everything that belongs to it, its bytes as they are, and setting it going again."""

import hashlib
import json

import pytest

from channels.contract import Misconfigured
from gateway.pipeline.read import read_waiting
from tests.api.conftest import Api, as_ubl


def test_a_document_is_shown_with_all_that_belongs_to_it(api: Api) -> None:
    api.submit(as_ubl())
    api.deliver()
    document = api.only_document()
    whole = api.get(f"/v1/documents/{document}").json()
    assert whole["document"]["amount_due"] == "100.44"
    assert [one["state"] for one in whole["deliveries"]] == ["handed_over"]
    assert {one["document"] for one in whole["events"]} == {document}
    assert {one["role"] for one in whole["artefacts"]} == {"source", "canonical", "sealed", "answer"}
    assert api.get(f"/v1/documents/{document}/events").json() == whole["events"]
    (delivery,) = whole["deliveries"]
    assert api.get(f"/v1/deliveries/{delivery['id']}").json() == delivery


def test_events_of_a_tenant_name_their_documents(api: Api) -> None:
    api.submit(as_ubl())
    api.deliver()
    events = api.get("/v1/events").json()["events"]
    assert {one["document"] for one in events} == {None, api.only_document()}


def test_bytes_come_back_exactly_as_they_came_in(api: Api) -> None:
    content = as_ubl()
    api.submit(content, content_type="application/xml; charset=utf-8")
    api.deliver()
    whole = api.get(f"/v1/documents/{api.only_document()}").json()
    for artefact in whole["artefacts"]:
        answer = api.get(artefact["href"])
        assert hashlib.sha256(answer.content).hexdigest() == artefact["sha256"]
        assert len(answer.content) == artefact["size"]
    (source,) = [one for one in whole["artefacts"] if one["role"] == "source"]
    assert source["media_type"] == "application/xml"


HOSTILE = b"<html><script>alert(1)</script></html>"


def test_bytes_of_a_stranger_are_never_shown_by_a_browser(api: Api) -> None:
    name = 'in"\u202e;\\ü/../x.html'
    sent = api.ask(
        "POST", "/v1/submissions", params={"file_name": name}, headers={"Content-Type": "text/html"}, content=HOSTILE
    )
    assert sent.status_code == 202
    answer = api.get(f"/v1/artefacts/{hashlib.sha256(HOSTILE).hexdigest()}")
    assert answer.content == HOSTILE
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert answer.headers["content-disposition"].isascii()
    assert not set('"/\\') & set(answer.headers["content-disposition"].partition("''")[2])
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("text/csv; charset=windows-1252", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("x" * 300, "application/octet-stream"),
        ("text/csv\tx", "text/csv"),
        ("/", "application/octet-stream"),
    ],
)
def test_what_a_caller_says_of_its_bytes_is_kept_as_far_as_it_is_a_media_type(api: Api, said: str, kept: str) -> None:
    api.submit(as_ubl(), content_type=said)
    read_waiting(api.small.house, api.tenant)
    whole = api.get(f"/v1/documents/{api.only_document()}").json()
    assert {one["media_type"] for one in whole["artefacts"] if one["role"] == "source"} == {kept}


def test_a_stopped_document_is_set_going_again_and_the_log_says_by_whom_and_why(api: Api) -> None:
    api.small.channel.script = [Misconfigured("token", "the token is wrong")]
    api.submit(as_ubl())
    api.deliver()
    document = api.only_document()
    answer = api.ask("POST", f"/v1/documents/{document}/resend", json={"reason": "the token was renewed"})
    assert answer.status_code == 202
    assert answer.json()["said"]
    event = api.get(f"/v1/documents/{document}/events").json()[-1]
    assert event["type"] == "document.resent"
    assert event["actor"].startswith("key ")
    assert "the token was renewed" in event["sentence"]
    api.deliver()
    assert api.get(f"/v1/documents/{document}").json()["document"]["delivery"] == "handed_over"


def test_a_reason_may_be_left_out(api: Api) -> None:
    api.small.channel.script = [Misconfigured("token", "the token is wrong")]
    api.submit(as_ubl())
    api.deliver()
    assert api.ask("POST", f"/v1/documents/{api.only_document()}/resend").status_code == 202


def test_what_was_handed_over_is_not_sent_again_and_the_answer_says_why(api: Api) -> None:
    api.submit(as_ubl())
    api.deliver()
    answer = api.ask("POST", f"/v1/documents/{api.only_document()}/resend", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "not-allowed")
    assert "handed over" in answer.json()["detail"]
    assert list(api.small.channel.inbox.values()) == [1]


def test_findings_of_a_document_name_the_rule_the_place_and_the_way_out(api: Api) -> None:
    api.submit(as_ubl(number=None))
    api.deliver()
    shown = api.get(f"/v1/documents/{api.only_document()}").json()["document"]
    assert (shown["headline"], shown["processing"]) == ("Action needed", "invalid")
    assert {"BR-02"} <= {one["id"] for one in shown["findings"]}
    assert json.dumps(shown["findings"]).count('"fix": ""') == 0
