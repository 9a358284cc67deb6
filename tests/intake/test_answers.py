"""What a sender is told: in words that stay the same for its machines, and that a person understands."""

import datetime
import json
import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.intake import answers
from gateway.intake.answer_text import as_text
from gateway.intake.answers import Answer, answer, as_json, too_large
from gateway.intake.sftp.disk import Caps
from gateway.intake.sftp.names import Place
from gateway.intake.sftp.outbox import deliver
from gateway.intake.sftp.root import Root
from gateway.lifecycle import Legal, Owner, Processing, Response
from gateway.store.records import DocumentView, SubmissionView
from tests.clocks import NOON

P = Processing
FINDING = {
    "id": "BR-CO-10",
    "severity": "fatal",
    "term": "BT-106",
    "path": "BG-22/BT-106",
    "where": "line 3, column 7",
    "message": "It says 10.00, the lines add up to 9.00",
    "fix": "Correct the sum or the lines.",
}


def submission(**changes: object) -> SubmissionView:
    made = SubmissionView(
        id=uuid.UUID(int=7),
        sender_id=uuid.UUID(int=2),
        door="sftp",
        file_name="march.csv",
        sha256="ab" * 32,
        size=10,
        state="read",
        original_id=None,
        format="csv",
        document_count=1,
        findings=(),
        received_at=NOON,
        answered_at=None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # the fields by name


def document(processing: Processing, position: int = 1, **changes: object) -> DocumentView:
    is_refused = processing in (P.INVALID, P.QUARANTINED)
    made = DocumentView(
        id=uuid.UUID(int=position),
        public_id=f"d-0000000{position}",
        submission_id=uuid.UUID(int=7),
        sender_id=uuid.UUID(int=2),
        position=position,
        file_name="march.csv",
        number=f"R-{position}",
        type_code="380",
        issue_date=None,
        due_date=None,
        currency="EUR",
        amount_due=None,
        seller_name="North",
        buyer_name="South",
        buyer_country="IT",
        profile=None,
        rule_set=None,
        channel=None,
        because="",
        processing=processing,
        delivery=None,
        response=Response.NONE,
        payment="not_due",
        legal=Legal.NOT_ISSUED,
        headline="In progress",
        sentence="It was read and checked.",
        action="Correct it." if is_refused else "",
        owner=Owner.CLERK if is_refused else Owner.GATEWAY,
        deadline=None,
        findings=(FINDING,) if is_refused else (),
        original_id=None,
        successor_id=None,
        received_at=NOON,
        changed_at=NOON,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("state", "documents", "status", "wants_correction"),
    [
        ("read", [P.CHECKED], "accepted", False),
        ("read", [P.CHECKED, P.READY], "accepted", False),  # the next hop may have been fast
        ("read", [P.CHECKED, P.DUPLICATE], "accepted", False),  # some came before: nothing to correct
        ("read", [P.DUPLICATE, P.DUPLICATE], "duplicate", False),  # all came before, in another file
        ("read", [P.CHECKED, P.INVALID], "partly", True),
        ("read", [P.DUPLICATE, P.QUARANTINED], "partly", True),
        ("read", [P.INVALID, P.INVALID], "refused", True),
        ("refused", [P.QUARANTINED], "refused", True),
        ("refused", [], "refused", True),  # a file without any invoice
    ],
)
def test_the_status_says_whether_something_must_be_corrected(
    state: str, documents: list[Processing], status: str, *, wants_correction: bool
) -> None:
    said = answer(submission(state=state), [document(one, number) for number, one in enumerate(documents, 1)])
    assert (said.status, said.wants_correction) == (status, wants_correction)


def test_the_fields_for_machines_are_these() -> None:
    """Other programs read them: a name that goes or changes breaks them, and changes `answer_version`."""
    said = answer(submission(), [document(P.INVALID)], submission(id=uuid.UUID(int=6), file_name="first.csv"))
    assert json.loads(as_json(said)) == {
        "answer_version": "1",
        "file": "march.csv",
        "submission": "00000000-0000-0000-0000-000000000007",
        "status": "duplicate",
        "received_at": "2026-11-12T12:00:00Z",
        "sha256": "ab" * 32,
        "size": 10,
        "original": {
            "submission": "00000000-0000-0000-0000-000000000006",
            "file": "first.csv",
            "received_at": "2026-11-12T12:00:00Z",
        },
        "documents": [
            {
                "position": 1,
                "number": "R-1",
                "id": "d-00000001",
                "state": "refused",
                "sentence": "It was read and checked.",
                "owner": "sender's clerk",
                "action": "Correct it.",
                "findings": [
                    {
                        "id": "BR-CO-10",
                        "severity": "fatal",
                        "term": "BT-106",
                        "where": "line 3, column 7",
                        "message": "It says 10.00, the lines add up to 9.00",
                        "fix": "Correct the sum or the lines.",
                    }
                ],
            }
        ],
        "findings": [],
    }


def test_the_schema_names_every_field_of_the_answer() -> None:
    schema = json.dumps(answers.schema())
    said = json.loads(as_json(answer(submission(), [document(P.INVALID)], submission())))
    for name in (*said, *said["documents"][0], *said["original"], *said["documents"][0]["findings"][0]):
        assert f'"{name}"' in schema


def test_documents_are_told_in_the_order_of_the_file() -> None:
    said = answer(submission(), [document(P.CHECKED, number) for number in (3, 1, 2)])
    assert [one.position for one in said.documents] == [1, 2, 3]


def test_a_person_reads_what_is_wrong_where_and_what_to_do() -> None:
    text = as_text(answer(submission(), [document(P.CHECKED, 1), document(P.INVALID, 2)]))
    for words in (
        "1 document was refused, 1 document was taken.",
        "Invoice R-2 (document 2 of the file, d-00000002); for sender's clerk",
        "BR-CO-10 (must be corrected) at BT-106, line 3, column 7:",
        "It says 10.00, the lines add up to 9.00",
        "Way out: Correct the sum or the lines.",
        "Invoice R-1 (document 1 of the file, d-00000001)",
    ):
        assert words in text
    assert text.index("REFUSED") < text.index("ACCEPTED")


def test_a_person_reads_of_a_repeated_file_what_became_of_the_first() -> None:
    first = submission(id=uuid.UUID(int=6), file_name="first.csv", received_at=NOON - datetime.timedelta(days=1))
    fine = as_text(answer(submission(state="duplicate"), [document(P.CHECKED)], first))
    assert "received before, on 2026-11-11 12:00:00 UTC, as first.csv" in fine
    assert "There is nothing to do." in fine
    wrong = as_text(answer(submission(state="duplicate"), [document(P.INVALID)], first))
    assert "1 document was refused: correct it" in wrong
    assert "nothing to do" not in wrong


def test_what_an_invoice_says_cannot_break_the_text_for_people() -> None:
    hostile = {**FINDING, "message": "a\nREFUSED\x1b[2J\u202eb", "where": "line 1\r\nline 2"}
    text = as_text(answer(submission(), [document(P.INVALID, number="R\n1", findings=(hostile,))]))
    assert text.count("\nREFUSED") == 1
    assert all(sign.isprintable() or sign == "\n" for sign in text)


def test_a_long_list_is_cut_for_people_and_whole_for_machines() -> None:
    said = answer(submission(), [document(P.INVALID, number) for number in range(1, 301)])
    assert "and 100 more" in as_text(said)
    assert len(json.loads(as_json(said))["documents"]) == 300


def test_a_file_that_is_too_large_is_refused_with_a_way_out() -> None:
    said = too_large("big.xml", 1_000, NOON)
    assert (said.status, said.submission, said.wants_correction) == ("refused", None, True)
    text = as_text(said)
    assert "GW-FILE-TOO-LARGE" in text
    assert "1,000 bytes" in text
    assert "Way out: Split the file" in text


# --- where the answers lie


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path, uuid.UUID(int=1), uuid.UUID(int=2), Caps(1_000_000, 1_000, 10_000_000))


def names(root: Root, folder: str) -> list[str]:
    return sorted(entry.name for entry in root.entries(Place(folder)))


def told(number: int, processing: Processing = P.CHECKED, file_name: str = "march.csv") -> Answer:
    return answer(submission(id=uuid.UUID(int=number), file_name=file_name), [document(processing)])


def test_a_good_answer_lies_in_out_and_a_refusal_in_errors_beside_its_file(root: Root) -> None:
    assert deliver(root, told(1)) == "out/march.csv"
    assert deliver(root, told(2, P.INVALID, "april.csv"), b"source") == "errors/april.csv"
    assert names(root, "out") == ["march.csv.ack.json", "march.csv.txt"]
    assert names(root, "errors") == ["april.csv", "april.csv.ack.json", "april.csv.txt"]


def test_files_of_the_same_name_have_answers_of_their_own(root: Root) -> None:
    for number in (1, 2, 3):
        deliver(root, told(number, P.INVALID), b"source")
    assert [name for name in names(root, "errors") if name.endswith(".csv")] == [
        "march-2.csv",
        "march-3.csv",
        "march.csv",
    ]
    assert len(names(root, "errors")) == 9


def test_the_same_answer_again_after_a_crash_takes_its_own_place(root: Root) -> None:
    deliver(root, told(1))
    deliver(root, told(2))
    root.remove(Place("out", "march-2.csv.ack.json"))  # it died before this one was written
    assert deliver(root, told(2)) == "out/march-2.csv"
    assert deliver(root, told(1)) == "out/march.csv"
    assert len(names(root, "out")) == 4


def test_the_answer_to_a_repeat_does_not_take_the_place_of_the_answer_to_the_original(root: Root) -> None:
    repeat = answer(submission(id=uuid.UUID(int=2), state="duplicate"), [], submission(id=uuid.UUID(int=1)))
    deliver(root, told(1))
    assert deliver(root, repeat) == "out/march-2.csv"
    assert deliver(root, told(1)) == "out/march.csv"


def test_an_answer_never_overwrites_a_file_that_was_put_back(root: Root) -> None:
    deliver(root, told(1, P.INVALID, "a.txt"), b"source")
    assert deliver(root, told(2, P.INVALID, "a"), b"other") == "errors/a-2"
    assert root.beginning("errors", "a.txt", 10) == b"source"


def test_very_many_answers_of_one_name_are_still_told_apart(root: Root) -> None:
    for number in range(1, 103):
        deliver(root, told(number))
    assert len(names(root, "out")) == 2 * 102


def test_the_longest_name_has_room_for_its_answer(root: Root) -> None:
    longest = "x" * 176 + ".csv"
    for number in range(1, 102):
        deliver(root, told(number, file_name=longest))
    assert len(names(root, "out")) == 2 * 101


def test_how_a_file_was_read_is_told_once_though_all_of_it_was_accepted() -> None:
    """A file in an encoding that had to be guessed: somebody should look at the names before the buyer does."""
    fallen_back = {
        "id": "GW-CSV-ENCODING",
        "severity": "information",
        "term": "",
        "path": "",
        "where": "",
        "message": "The file is not UTF-8; it was read as cp1252.",
        "fix": "Look whether names with accents came out right.",
    }
    about_a_term = {**FINDING, "severity": "information"}
    documents = [document(P.CHECKED, number, findings=(fallen_back, about_a_term)) for number in (1, 2)]
    text = as_text(answer(submission(), documents))
    assert "2 documents were received and accepted.\n" in text
    assert text.count("GW-CSV-ENCODING (for information)") == 1
    assert text.index("ABOUT THE FILE") < text.index("read as cp1252") < text.index("ACCEPTED")
    assert "BR-CO-10" not in text
    plain = as_text(answer(submission(), [document(P.CHECKED)]))
    assert "1 document was received and accepted. There is nothing to do." in plain
