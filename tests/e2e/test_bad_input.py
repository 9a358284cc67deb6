"""What no gateway can take: each file gets an answer that names it, the place and the way out, and harms no other."""

import http.client
import json
import re
import urllib.parse

import httpx
import paramiko
import pytest
from msgspec.structs import replace

from formats.en16931 import Buyer, Contact
from formats.en16931.json_form import encode
from gateway.lifecycle import DeliveryState, Headline, Owner, Processing
from gateway.store import log
from gateway.store.submissions import Taken
from tests.e2e.bad_files import BAD, long_table, sound
from tests.e2e.site import LARGEST, Office, Site, eventually, office
from tests.samples import BUYER, SELLER, sample_invoice

D = DeliveryState


# --- files, dropped together with good ones


class Answers:
    """What a sender finds after it dropped files: by name, the words and the data beside them."""

    def __init__(self, sender: Office, texts: dict[str, str], acks: dict[str, dict[str, object]]) -> None:
        self.sender, self.texts, self.acks = sender, texts, acks


@pytest.fixture(scope="module")
def answered(here: Site) -> Answers:
    """Every bad file and two good ones, dropped in one session, worked through, and answered."""
    sender = office(here)
    dropped = {"first.xml": sound("G-1"), **{name: bad[0] for name, bad in BAD.items()}, "last.xml": sound("G-2")}
    with sender.sftp() as client:
        for name, content in dropped.items():
            with client.open(f"in/{name}.part", "wb") as file:
                file.write(content)
            client.rename(f"in/{name}.part", f"in/{name}")
        sender.work()
        eventually(lambda: len(_acks(client)) == len(dropped))
        texts = {name: _content(client, f"{name}.txt").decode() for name in dropped}
        acks = {name: json.loads(_content(client, f"{name}.ack.json")) for name in dropped}
    return Answers(sender, texts, acks)


def _acks(client: paramiko.SFTPClient) -> list[str]:
    return [name for folder in ("out", "errors") for name in client.listdir(folder) if name.endswith(".ack.json")]


def _content(client: paramiko.SFTPClient, name: str) -> bytes:
    folder = "out" if name in client.listdir("out") else "errors"
    with client.open(f"{folder}/{name}", "rb") as file:
        return file.read()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_answered_with_its_name_the_place_and_the_way_out(name: str, answered: Answers) -> None:
    _, finding, place, words, way_out = BAD[name]
    text, ack = answered.texts[name], answered.acks[name]
    assert text.splitlines()[0] == ack["file"] == name
    assert "Nothing of it was sent." in text
    found = re.search(rf"{finding} \(must be corrected\)(?: at {place})?:\n(.*)\n(.*)", text)
    assert found, text
    assert place == "" or re.search(f" at .*{place}", found[0])
    assert words in found[1]
    assert way_out in found[2]
    assert found[2].strip().startswith("Way out: ")
    assert ack["status"] == "refused"
    assert finding in {one["id"] for document in ack["documents"] for one in document["findings"]}  # type: ignore[attr-defined]


def test_the_good_ones_beside_them_are_delivered(answered: Answers) -> None:
    whole = {one.document.number: one for one in answered.sender.all()}
    assert [one.state for number in ("G-1", "G-2") for one in whole[number].deliveries] == [D.HANDED_OVER] * 2
    assert [answered.acks[name]["status"] for name in ("first.xml", "last.xml")] == ["accepted"] * 2
    assert "There is nothing to do." in answered.texts["first.xml"]


def test_nothing_of_them_is_lost(answered: Answers) -> None:
    """What was refused lies in the archive as it came, and in the sender's own folder beside the answer."""
    with answered.sender.sftp() as client:
        for name, (content, *_) in BAD.items():
            assert _content(client, name) == content
    with answered.sender.site.installation.store.of(answered.sender.tenant) as transaction:
        kept = {one.file_name: one.sha256 for one in log.submissions(transaction, limit=100)}
    assert {name: answered.sender.raw(kept[name]) for name in BAD} == {name: bad[0] for name, bad in BAD.items()}


def test_nothing_of_a_foreign_entity_was_read(answered: Answers) -> None:
    assert all("root:" not in text for text in answered.texts.values())


# --- one file with good and bad invoices


def test_each_invoice_of_a_file_is_taken_or_refused_by_itself(erp: Office) -> None:
    buyer = Buyer(name=BUYER.name, address=BUYER.address, contact=Contact(email="ap@atelier.example"))
    good = [sample_invoice(number=number, buyer=buyer, process=None) for number in ("A-1", "A-3")]
    assert good[0].totals is not None
    wrong_sum = replace(good[0], number="A-2", totals=replace(good[0].totals, with_vat=good[0].totals.with_vat + 1))  # type: ignore[operator]  # it has one
    nameless = replace(good[0], number="A-4", seller=replace(SELLER, name=None))
    content = b"[" + b",".join(encode(one) for one in (good[0], wrong_sum, good[1], nameless)) + b"]"
    assert erp.submit(content, "november.json").status_code == 202
    erp.work()
    found = {one.document.number: one for one in erp.all()}
    assert [found[number].document.delivery for number in ("A-1", "A-3")] == [D.HANDED_OVER] * 2
    for number, rule, term in (("A-2", "BR-CO-15", "BT-112"), ("A-4", "BR-06", "BT-27")):
        document = found[number].document
        assert (document.processing, document.owner) == (Processing.INVALID, Owner.CLERK)
        said = [one for one in document.findings if one["id"] == rule]
        assert said[0]["term"] == term
        assert said[0]["fix"]
        assert document.action


# --- too much


def test_a_file_of_200_megabytes_is_refused_before_it_is_sent(erp: Office) -> None:
    """The header says how large it will be; nobody reads the rest."""
    at = urllib.parse.urlsplit(erp.site.api)
    line = http.client.HTTPConnection(at.hostname or "", at.port, timeout=20)
    line.putrequest("POST", "/v1/submissions?file_name=november.csv")
    line.putheader("Authorization", f"Bearer {erp.api_key}")
    line.putheader("Content-Length", str(200_000_000))
    line.endheaders()
    answer = line.getresponse()
    problem = json.loads(answer.read())
    line.close()
    assert answer.status == 413
    assert problem["code"] == "too-large"
    assert f"more than {LARGEST:,} bytes" in problem["detail"]
    assert "Split it" in problem["detail"]
    assert erp.all() == []


def test_over_sftp_a_file_that_is_too_large_ends_where_the_limit_is_and_is_answered(erp: Office) -> None:
    with erp.sftp() as client:
        with pytest.raises(OSError, match=r"too large|bytes"), client.open("in/november.csv", "wb") as file:
            file.write(b"x" * (LARGEST + 500_000))
        eventually(lambda: "november.csv.ack.json" in client.listdir("errors"))
        with client.open("errors/november.csv.txt") as answer:
            text = answer.read().decode()
    assert text.startswith("november.csv\n")
    assert "GW-FILE-TOO-LARGE" in text
    assert "Way out: Split the file" in text
    assert erp.all() == []


@pytest.mark.slow
def test_an_invoice_of_ten_thousand_lines_goes_its_way(erp: Office) -> None:
    erp.site.twin.directory.register("0088:4000000123453")
    assert erp.submit(long_table("L-10000", 10_000), "long.csv").status_code == 202
    erp.work()
    whole = erp.one("L-10000")
    assert whole.document.findings == ()
    assert [(one.channel, one.state) for one in whole.deliveries] == [("peppol", D.HANDED_OVER)]
    assert erp.raw(whole.deliveries[0].parcel_sha256).count(b"<cac:InvoiceLine>") == 10_000


# --- the same again


def test_the_same_bytes_again_are_told_as_such_and_sent_once(erp: Office) -> None:
    first, again = (erp.submit(sound("D-1"), name) for name in ("november.xml", "november (2).xml"))
    erp.work()
    assert (first.status_code, first.json()["answer"]) == (202, Taken.ACCEPTED)
    assert (again.status_code, again.json()["answer"]) == (200, Taken.SAME_BYTES)
    assert again.json()["original"] == first.json()["submission"]
    assert len(erp.all()) == 1
    assert erp.site.twin.ledger.report("smtp")["twice"] == []


def test_the_same_call_again_is_the_same_submission_and_other_content_under_its_key_is_refused(erp: Office) -> None:
    first, again = (erp.submit(sound("D-2"), "run.xml", key="run-4711") for _ in range(2))
    assert (again.status_code, again.json()["answer"]) == (200, Taken.SAME_KEY)
    assert again.json()["submission"] == first.json()["submission"]
    other = erp.submit(sound("D-3"), "run.xml", key="run-4711")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert "run-4711" in other.json()["detail"]
    assert "under a new key" in other.json()["detail"]
    erp.work()
    assert [one.document.number for one in erp.all()] == ["D-2"]


def test_the_same_invoice_in_other_bytes_is_a_duplicate_and_names_its_original(erp: Office) -> None:
    for content in (sound("D-4"), sound("D-4").replace(b"</Invoice>", b"<!-- exported again --></Invoice>")):
        assert erp.submit(content).status_code == 202
        erp.work()
    original, double = erp.all()
    assert (double.document.processing, double.document.headline) == (Processing.DUPLICATE, Headline.CANCELLED)
    assert double.document.original_id == original.document.id
    assert "Not sent again" in double.document.sentence
    assert double.deliveries == ()


# --- nowhere to go


def test_a_buyer_that_nobody_knows_is_reached_as_its_invoice_says(erp: Office) -> None:
    assert erp.submit(sound("N-1")).status_code == 202
    erp.work()
    document = erp.one().document
    assert (document.channel, document.delivery) == ("mail", D.HANDED_OVER)
    assert "its addresses come from the invoice" in document.because


def test_a_buyer_without_any_address_is_held_and_goes_when_it_has_one(erp: Office) -> None:
    """The invoice is right, so nobody has to send it again: master data completes the buyer, and it goes."""
    assert BUYER.address is not None
    nowhere = Buyer(name=BUYER.name, address=replace(BUYER.address, line1=None))
    erp.send(sample_invoice(number="N-2", buyer=nowhere, process=None))
    held = erp.one()
    assert (held.document.processing, held.document.owner) == (Processing.HELD, Owner.MASTER_DATA)
    for words in ("no e-mail address", "no postal address", "no Peppol address"):
        assert words in held.document.sentence
    assert "Give the recipient an address" in held.document.action
    erp.rules(
        "rules:\n  - {name: by mail, then: {channel: mail}}\n"
        "recipients:\n  - {id: lac, name: Atelier du Lac SARL, country: FR, addresses: {mail: {to: [a@lac.example]}}}\n"
    )
    assert "prepared again" in erp.release(held)
    assert erp.one().document.delivery is D.HANDED_OVER


def test_where_no_rule_applies_it_is_held_with_what_was_asked(erp: Office) -> None:
    erp.rules(
        "rules:\n  - {name: Only large ones, when: {amount: {over: 9000, currency: EUR}}, then: {channel: mail}}\n"
    )
    assert erp.submit(sound("N-3")).status_code == 202
    erp.work()
    held = erp.one().document
    assert (held.processing, held.headline) == (Processing.HELD, Headline.ACTION_NEEDED)
    assert "No rule" in held.sentence
    assert "add a rule" in held.action


def test_a_rule_that_leads_to_a_channel_without_settings_is_the_operators(erp: Office) -> None:
    erp.rules(
        "rules:\n  - {name: By portal, then: {channel: portal, format: ubl}}\n"
        "recipients:\n  - {id: lac, name: Atelier du Lac SARL, country: FR, addresses: {other: {portal: {box: '1'}}}}\n"
    )
    assert erp.submit(sound("N-4")).status_code == 202
    erp.work()
    held = erp.one().document
    assert (held.processing, held.owner) == (Processing.HELD, Owner.OPERATOR)
    assert "portal" in held.sentence
    assert "Set the channel up" in held.action


def test_a_misspelt_option_of_a_rule_holds_the_document_until_the_rule_is_right(erp: Office) -> None:
    wrong = "rules:\n  - {name: Mail, then: {channel: mail, options: {atach: true}}}\n"
    erp.rules(wrong)
    assert erp.submit(sound("N-5")).status_code == 202
    erp.work()
    held = erp.one()
    assert (held.document.processing, held.document.owner) == (Processing.HELD, Owner.OPERATOR)
    assert "`atach`" in held.document.sentence
    erp.rules(wrong.replace("atach", "attach"))
    erp.release(held)
    assert erp.one().document.delivery is D.HANDED_OVER


# --- doors


def test_a_wrong_key_is_told_nothing_but_that(erp: Office) -> None:
    for given in ({}, {"Authorization": "Bearer gw_AAAAAAAA_wrong"}, {"Authorization": f"Bearer {erp.api_key[:-1]}"}):
        answer = httpx.post(
            f"{erp.site.api}/v1/submissions", content=sound("K-1"), headers=given, trust_env=False, timeout=20
        )
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert "key" in answer.json()["detail"]
        assert erp.api_key[12:] not in answer.text
    assert erp.all() == []


@pytest.mark.parametrize(
    "path",
    ["../x.xml", "in/../../x.xml", "/in/../../../etc/cron.d/x", "/etc/passwd", "in/..%2fx.xml/../../x", "errors/x"],
)
def test_a_path_that_climbs_out_of_the_root_reaches_nothing(path: str, erp: Office) -> None:
    with erp.sftp() as client:
        with pytest.raises(OSError), client.open(path, "wb") as file:  # noqa: PT011 - how SFTP says no differs
            file.write(b"<x/>")
        assert sorted(client.listdir("/")) == ["errors", "in", "out"]
    outside = erp.site.folder.rglob("x.xml")
    assert list(outside) == []
    erp.work()
    assert erp.all() == []
