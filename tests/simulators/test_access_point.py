"""phoss-ap and phase4-peppol-standalone, over HTTPS."""

import threading
from urllib.parse import quote

import httpx
import pytest

from simulators.pki import client_context
from simulators.twin import Twin
from tests.simulators.messages import BUYER, INVOICE_TYPE, PROCESS, SELLER, Panel, envelope, invoice

DAY = 86_400.0


def status(access_point: httpx.Client, instance: str = "9d9d9d9d-0001") -> dict[str, object]:
    found: dict[str, object] = access_point.get(f"/api/outbound/status/{instance}").raise_for_status().json()
    return found


def test_an_envelope_is_sent_and_reported_in_the_keys_of_phase4(access_point: httpx.Client) -> None:
    answer = access_point.post("/api/outbound/submit-sbd", content=envelope())
    report = answer.json()
    assert answer.status_code == 200
    assert (report["overallSuccess"], report["sendingSuccess"], report["sendingResult"]) == (True, True, "SUCCESS")
    assert report["receiverId"] == f"iso6523-actorid-upis::{BUYER}"
    assert report["sbdhInstanceIdentifier"] == "9d9d9d9d-0001"
    assert "RefToMessageId" in report["as4ReceivedSignalMsg"]


def test_the_same_envelope_again_gets_the_same_answer_and_is_one_delivery(
    access_point: httpx.Client, panel: Panel
) -> None:
    first, second = (access_point.post("/api/outbound/submit-sbd", content=envelope()) for _ in range(2))
    assert first.json() == second.json()
    assert panel.counts("ap", "9d9d9d9d-0001") == (2, 1)
    assert panel.seen("ap")["twice"] == []


def test_another_document_under_a_used_identifier_is_turned_away(access_point: httpx.Client, panel: Panel) -> None:
    access_point.post("/api/outbound/submit-sbd", content=envelope())
    answer = access_point.post("/api/outbound/submit-sbd", content=envelope(payload=invoice("INV-2")))
    assert answer.status_code == 422
    assert "used before" in answer.json()
    assert panel.outcomes("ap") == ["new", "refused"]


def test_one_invoice_under_two_identifiers_is_shown_as_a_double_delivery(
    access_point: httpx.Client, panel: Panel
) -> None:
    for instance in ("9d9d9d9d-0001", "9d9d9d9d-0002"):
        access_point.post("/api/outbound/submit-sbd", content=envelope(instance))
    assert panel.seen("ap")["twice"] == [
        {"sender": SELLER, "recipient": BUYER, "number": "INV-1", "keys": ["9d9d9d9d-0001", "9d9d9d9d-0002"]}
    ]


def test_nobody_gets_in_without_the_token(twin: Twin) -> None:
    context = client_context(twin.pki.tls_ca, twin.pki.gateway_client)
    with httpx.Client(base_url=twin.access_point.url, verify=context, trust_env=False) as stranger:
        assert stranger.post("/api/outbound/submit-sbd", content=envelope()).status_code == 401
        assert stranger.post("/sendsbdh", content=envelope()).status_code == 400
        assert stranger.post("/sendsbdh", content=envelope(), headers={"X-Token": "wrong"}).status_code == 403
        assert stranger.get("/phase4ping").text == "pong"


def test_the_server_certificate_is_no_certificate_of_the_public_kind(twin: Twin) -> None:
    with (
        httpx.Client(base_url=twin.access_point.url, trust_env=False) as client,
        pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get("/phase4ping")


REFUSED = {
    # what is wrong with the envelope: the envelope, the rule that it breaks
    "strange authority": (envelope().replace(b"iso6523-actorid-upis", b"iso6523"), "invalid-sender-authority"),
    "unknown version": (envelope().replace(b"<HeaderVersion>1.0", b"<HeaderVersion>1.1"), "invalid-header-version"),
    "no ICD in the id": (envelope(receiver="7300010000001"), "invalid-receiver-value"),
    "no country of the sender": (envelope().replace(b">COUNTRY_C1<", b">COUNTRY<"), "missing-country-c1"),
    "country in words": (envelope().replace(b">SE<", b">Sweden<"), "invalid-country-c1"),
    "no process": (envelope().replace(b">PROCESSID<", b">PROCESS<"), "missing-process-identifier"),
    "another version": (envelope().replace(b"<TypeVersion>2.1", b"<TypeVersion>2.0"), "invalid-type-version"),
    "another type": (envelope().replace(b"<Type>Invoice<", b"<Type>CreditNote<"), "invalid-type"),
    "no identifier": (envelope(instance=" "), "invalid-instance-identifier"),
    "unknown MLS type": (envelope(MLS_TYPE="SOMETIMES"), "invalid-mls-type"),
    "payload of another namespace": (envelope(payload="<Invoice xmlns='urn:other'/>"), "invalid-standard"),
    "two payloads": (envelope(payload=invoice() * 2), "invalid-business-message"),
    "an entity": (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "invalid-sbd-xml"),
    "no envelope": (invoice().encode(), "invalid-sbd-xml"),
    "no XML": (b"not XML", "invalid-sbd-xml"),
}


@pytest.mark.parametrize(("body", "rule"), REFUSED.values(), ids=REFUSED)
def test_an_envelope_that_breaks_a_rule_is_refused_by_both_products(
    access_point: httpx.Client, panel: Panel, body: bytes, rule: str
) -> None:
    phoss = access_point.post("/api/outbound/submit-sbd", content=body)
    standalone = access_point.post("/sendsbdh", content=body)
    assert phoss.status_code == 400
    assert rule in phoss.json()
    assert standalone.status_code == 200
    assert rule in standalone.json()["sbdhParsingException"]["message"]
    assert not standalone.json()["overallSuccess"]
    assert panel.outcomes("ap") == ["refused", "refused"]


def test_nobody_of_that_name_is_another_answer_than_no_such_document_type(
    access_point: httpx.Client, twin: Twin
) -> None:
    twin.directory.register("0088:1", ["urn:some:other::Order##type::2.1"])
    unknown = access_point.post("/api/outbound/submit-sbd", content=envelope("id-000001", "0088:2"))
    without = access_point.post("/api/outbound/submit-sbd", content=envelope("id-000002", "0088:1"))
    assert (unknown.status_code, without.status_code) == (422, 422)
    assert unknown.json()["lookupException"]["class"].endswith("SMPDNSResolutionException")
    assert without.json()["lookupException"]["class"].endswith("SMPClientNotFoundException")
    assert "sendingResult" not in unknown.json()
    assert status(access_point, "id-000001")["status"] == "permanently_failed"


def test_participant_ids_compare_without_regard_to_case(access_point: httpx.Client, twin: Twin) -> None:
    twin.directory.register("0088:abc")
    assert access_point.post("/api/outbound/submit-sbd", content=envelope(receiver="0088:ABC")).status_code == 200


def test_standalone_answers_200_for_a_failed_sending(access_point: httpx.Client) -> None:
    answer = access_point.post("/sendsbdh", content=envelope(receiver="0088:2"))
    assert (answer.status_code, answer.json()["overallSuccess"]) == (200, False)


@pytest.mark.parametrize("path", ["/api/outbound/submit", "/sendas4"])
def test_a_bare_document_is_sent_with_the_ids_of_the_path(access_point: httpx.Client, panel: Panel, path: str) -> None:
    ids = (SELLER, f"iso6523-actorid-upis::{BUYER}", INVOICE_TYPE, PROCESS, "SE")
    url = "/".join([path, *(quote(each, safe="") for each in ids)])
    answer = access_point.post(f"{url}?sbdhInstanceID=my-own-id-1", content=invoice())
    assert answer.json()["docTypeId"] == f"busdox-docid-qns::{INVOICE_TYPE}"
    assert answer.json()["overallSuccess"]
    assert panel.outcomes("ap") == ["new"]


def test_ids_that_are_none_are_a_bad_request(access_point: httpx.Client) -> None:
    ids = "/".join(quote(each, safe="") for each in ("nobody", BUYER, INVOICE_TYPE, PROCESS, "SE"))
    answer = access_point.post(f"/api/outbound/submit/{ids}", content=invoice())
    assert (answer.status_code, "nobody" in answer.json()) == (400, True)


def test_a_success_is_reported_only_to_who_asked_for_it(access_point: httpx.Client, panel: Panel) -> None:
    access_point.post("/api/outbound/submit-sbd", content=envelope("asked-0001", MLS_TYPE="ALWAYS_SEND"))
    access_point.post("/api/outbound/submit-sbd", content=envelope("quiet-0001", payload=invoice("INV-2")))
    assert status(access_point, "asked-0001")["mlsStatus"] == "pending"
    panel.advance(DAY)
    assert status(access_point, "asked-0001")["mlsStatus"] == "received_ap"
    assert status(access_point, "quiet-0001")["mlsStatus"] == "pending"


def test_a_rejection_comes_later_with_its_reason(access_point: httpx.Client, panel: Panel) -> None:
    panel.script(
        "ap",
        behaviour="accept",
        match={"recipient": BUYER},
        then=[{"say": "RE", "code": "BV", "text": "BR-CO-10 is broken", "after": 5}],
    )
    assert access_point.post("/api/outbound/submit-sbd", content=envelope()).status_code == 200
    panel.advance(6)
    assert status(access_point)["mlsStatus"] == "received_re"
    assert status(access_point)["errorDetails"] == "MLS RE BV: BR-CO-10 is broken"


def test_a_silent_receiver_never_says_anything(access_point: httpx.Client, panel: Panel) -> None:
    panel.script("ap", behaviour="silent", match={})
    access_point.post("/api/outbound/submit-sbd", content=envelope(MLS_TYPE="ALWAYS_SEND"))
    panel.advance(30 * DAY)
    assert status(access_point)["mlsStatus"] == "pending"


REJECTIONS: dict[str, tuple[dict[str, object], bool]] = {
    # code of the script: what the report says, whether the access point gives up at once
    "EBMS:0004": ({"sendingResult": "AS4_ERROR_MESSAGE_RECEIVED", "as4ResponseError": True}, True),
    "TRANSPORT_ERROR": ({"sendingResult": "TRANSPORT_ERROR", "as4ResponseError": False}, False),
    "NO_SIGNAL_MESSAGE_RECEIVED": ({"sendingResult": "NO_SIGNAL_MESSAGE_RECEIVED"}, False),
    "smp_down": ({"lookupError": "Error fetching Service Details from SMP"}, False),
    "no_doctype": ({"sendingSuccess": False}, True),
}


@pytest.mark.parametrize("code", REJECTIONS)
def test_a_scripted_failure_is_reported_and_tried_again_where_phase4_would(
    access_point: httpx.Client, panel: Panel, code: str
) -> None:
    said, is_final = REJECTIONS[code]
    panel.script("ap", behaviour="reject", match={}, code=code, text="PEPPOL:NOT_SERVICED", times=1)
    answer = access_point.post("/api/outbound/submit-sbd", content=envelope())
    assert answer.status_code == 422
    assert answer.json().items() >= said.items()
    assert status(access_point)["status"] == ("permanently_failed" if is_final else "failed")
    panel.advance(DAY)
    assert status(access_point)["status"] == ("permanently_failed" if is_final else "sent")
    assert panel.counts("ap", "9d9d9d9d-0001") == ((1, 0) if is_final else (2, 1))


def test_a_plain_http_failure_keeps_nothing(access_point: httpx.Client, panel: Panel) -> None:
    panel.script("ap", behaviour="reject", match={"number": "INV-*"}, code="503", text="maintenance", times=1)
    assert access_point.post("/api/outbound/submit-sbd", content=envelope()).status_code == 503
    assert access_point.get("/api/outbound/status/9d9d9d9d-0001").status_code == 404
    assert access_point.post("/api/outbound/submit-sbd", content=envelope()).status_code == 200
    assert panel.outcomes("ap") == ["untaken", "new"]


def test_a_dropped_line_hides_that_the_document_was_sent(access_point: httpx.Client, panel: Panel) -> None:
    panel.script("ap", behaviour="drop", match={}, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        access_point.post("/api/outbound/submit-sbd", content=envelope())
    assert status(access_point)["status"] == "sent"
    assert access_point.post("/api/outbound/submit-sbd", content=envelope()).status_code == 200
    assert panel.counts("ap", "9d9d9d9d-0001") == (2, 1)


def test_a_hanging_access_point_takes_nothing(access_point: httpx.Client, panel: Panel) -> None:
    panel.script("ap", behaviour="hang", match={}, times=1)
    with pytest.raises(httpx.ReadTimeout):
        access_point.post("/api/outbound/submit-sbd", content=envelope(), timeout=0.3)
    panel.client.delete("/script").raise_for_status()
    assert access_point.post("/api/outbound/submit-sbd", content=envelope()).status_code == 200
    assert sorted(panel.outcomes("ap")) == ["new", "untaken"]


def test_a_delay_lasts_as_long_as_the_twins_clock_says(access_point: httpx.Client, panel: Panel) -> None:
    panel.script("ap", behaviour="delay", match={}, seconds=3_600)
    answers: list[int] = []
    caller = threading.Thread(
        target=lambda: answers.append(access_point.post("/api/outbound/submit-sbd", content=envelope()).status_code)
    )
    caller.start()
    caller.join(0.2)
    assert answers == []
    panel.advance(3_601)
    caller.join(5)
    assert answers == [200]
