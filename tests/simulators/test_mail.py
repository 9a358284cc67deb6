"""The mail relay, spoken to by smtplib."""

import smtplib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from simulators.twin import Twin
from tests.simulators.messages import Panel

TO = "accounts@buyer.example"


@contextmanager
def session(twin: Twin) -> Iterator[smtplib.SMTP]:
    """Logged in over STARTTLS; closed without a farewell, which may not be possible any more."""
    client = smtplib.SMTP("localhost", twin.smtp.port, timeout=5)
    try:
        client.starttls(context=ssl.create_default_context(cafile=str(twin.pki.tls_ca)))
        client.login("gateway", twin.smtp_password)
        yield client
    finally:
        client.close()


def message(identifier: str = "<d-1.1@gateway.example>", number: str = "INV-1") -> EmailMessage:
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "billing@seller.example", TO, f"Invoice {number}"
    found["Message-ID"] = identifier
    found.set_content("Please pay.")
    found.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename=f"{number}.pdf")
    return found


def send(twin: Twin, found: EmailMessage, to: str = TO) -> None:
    with session(twin) as client:
        client.send_message(found, "bounce@seller.example", [to])


def test_a_message_is_taken_and_listed_by_message_id(twin: Twin, panel: Panel) -> None:
    send(twin, message())
    assert panel.counts("smtp", "<d-1.1@gateway.example>") == (1, 1)
    entry = panel.seen("smtp")["entries"][0]  # type: ignore[index]  # JSON
    assert (entry["recipient"], entry["sender"], entry["number"]) == (TO, "bounce@seller.example", "INV-1")
    content = panel.client.get(f"/seen/smtp/content/{entry['sha256']}").content
    assert b"Please pay." in content


def test_nothing_is_said_before_tls_and_login(twin: Twin) -> None:
    with smtplib.SMTP("localhost", twin.smtp.port, timeout=5) as client:
        client.ehlo()
        assert "auth" not in client.esmtp_features
        assert client.mail("a@seller.example")[0] == 530
        client.starttls(context=ssl.create_default_context(cafile=str(twin.pki.tls_ca)))
        client.ehlo()
        assert client.esmtp_features["auth"].split()
        assert client.mail("a@seller.example")[0] == 530


def test_a_wrong_password_is_refused(twin: Twin) -> None:
    with smtplib.SMTP("localhost", twin.smtp.port, timeout=5) as client:
        client.starttls(context=ssl.create_default_context(cafile=str(twin.pki.tls_ca)))
        with pytest.raises(smtplib.SMTPAuthenticationError) as refusal:
            client.login("gateway", "guess")
    assert (refusal.value.smtp_code, b"5.7.8" in bytes(refusal.value.smtp_error)) == (535, True)  # type: ignore[arg-type]  # bytes in truth


def test_delivery_status_parameters_are_refused_where_they_are_not_offered(twin: Twin) -> None:
    with session(twin) as client:
        client.ehlo()
        assert not client.has_extn("dsn")
        client.mail("a@seller.example")
        assert client.rcpt(TO, ["NOTIFY=FAILURE"])[0] == 555


RECIPIENTS = {
    # address: what the script says of it
    "gone@buyer.example": ("550 5.1.1", "no such mailbox"),
    "full@buyer.example": ("452 4.2.2", "mailbox full"),
}


@pytest.mark.parametrize("address", RECIPIENTS)
def test_a_recipient_is_refused_with_its_own_words(twin: Twin, panel: Panel, address: str) -> None:
    code, text = RECIPIENTS[address]
    panel.script("smtp", behaviour="reject", match={"recipient": address}, code=code, text=text)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        send(twin, message(), address)
    assert refusal.value.recipients[address] == (int(code[:3]), f"{code[4:]} {text}".encode())
    send(twin, message())
    assert panel.outcomes("smtp") == ["new"]


def test_of_two_recipients_one_may_be_refused(twin: Twin, panel: Panel) -> None:
    panel.script("smtp", behaviour="reject", match={"recipient": "gone@*"}, code="550 5.1.1", text="no such mailbox")
    with session(twin) as client:
        refused = client.send_message(message(), "bounce@seller.example", [TO, "gone@buyer.example"])
    assert list(refused) == ["gone@buyer.example"]
    assert panel.outcomes("smtp") == ["new"]


REJECTIONS = {
    # code behind DATA: how the attempt is noted
    "554 5.7.1": "refused",
    "451 4.3.0": "untaken",
}


@pytest.mark.parametrize("code", REJECTIONS)
def test_a_message_is_refused_behind_its_content(twin: Twin, panel: Panel, code: str) -> None:
    panel.script("smtp", behaviour="reject", match={"subject": "*INV-1"}, code=code, text="spam", stage="data", times=1)
    with pytest.raises(smtplib.SMTPDataError) as refusal:
        send(twin, message())
    assert refusal.value.smtp_code == int(code[:3])
    send(twin, message())
    assert panel.outcomes("smtp") == [REJECTIONS[code], "new"]


def test_a_line_dropped_behind_the_content_hides_that_it_was_taken(twin: Twin, panel: Panel) -> None:
    panel.script("smtp", behaviour="drop", match={"recipient": TO}, times=1)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(twin, message())
    send(twin, message())
    assert panel.outcomes("smtp") == ["new", "repeat"]
    assert panel.seen("smtp")["twice"] == []


def test_the_same_invoice_in_another_message_is_shown_as_a_double(twin: Twin, panel: Panel) -> None:
    for identifier in ("<d-1.1@gateway.example>", "<d-1.2@gateway.example>"):
        send(twin, message(identifier))
    assert [double["number"] for double in panel.seen("smtp")["twice"]] == ["INV-1"]  # type: ignore[attr-defined]  # JSON


def test_a_hanging_relay_takes_nothing(twin: Twin, panel: Panel) -> None:
    panel.script("smtp", behaviour="hang", match={}, times=1)
    with session(twin) as client:
        assert client.sock is not None
        client.sock.settimeout(0.3)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            client.send_message(message(), "bounce@seller.example", [TO])
    panel.client.delete("/script")
    send(twin, message())
    assert sorted(panel.outcomes("smtp")) == ["new", "untaken"]


def test_a_delay_lasts_as_long_as_the_twins_clock_says(twin: Twin, panel: Panel) -> None:
    panel.script("smtp", behaviour="delay", match={}, seconds=60)
    sender = threading.Thread(target=send, args=(twin, message()))
    sender.start()
    sender.join(0.2)
    assert panel.outcomes("smtp") == []
    panel.advance(61)
    sender.join(5)
    assert panel.outcomes("smtp") == ["new"]
