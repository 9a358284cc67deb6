"""An answer in words, for the person who looks into the folder: what happened, what is wrong where, what to do."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Final

from gateway.intake.answers import Answer, DocumentSaid, FindingSaid

# A person reads a page; the JSON beside it has everything.
_MOST_REFUSED: Final = 200
_MOST_OTHERS: Final = 50
_SPOKEN: Final = {"fatal": "must be corrected", "warning": "should be looked at", "information": "for information"}


def as_text(said: Answer) -> str:
    """For people, in plain English; whatever a sender wrote stands in one line and in signs that can be seen."""
    return "\n".join(_line(line) for line in _lines(said)) + "\n"


def _lines(said: Answer) -> Iterator[str]:
    yield said.file
    yield f"Submission: {said.submission or 'none, the door refused the file'}"
    yield f"Received:   {_moment(said.received_at)}"
    yield ""
    yield from _summary(said)
    refused = [one for one in said.documents if one.state == "refused"]
    told = {finding for one in refused for finding in one.findings}
    general = [one for one in (*said.findings, *_about_the_file(said)) if one not in told]
    if general:
        yield ""
        yield "ABOUT THE FILE"
        yield from _findings(general)
    if refused:
        yield ""
        yield "REFUSED"
        for one in refused[:_MOST_REFUSED]:
            yield from _refused(one)
        yield from _rest(len(refused), _MOST_REFUSED)
    yield from _others(said, "accepted", "ACCEPTED")
    yield from _others(said, "duplicate", "RECEIVED BEFORE, NOT SENT AGAIN")


def _about_the_file(said: Answer) -> Sequence[FindingSaid]:
    """What its documents say of no term and for information, each once: how the file was read."""
    found = (one for document in said.documents for one in document.findings)
    return tuple(dict.fromkeys(one for one in found if one.severity == "information" and not one.term))


def _summary(said: Answer) -> Iterator[str]:
    count = len(said.documents)
    refused = sum(one.state == "refused" for one in said.documents)
    if said.original is not None:
        yield f"The same file was received before, on {_moment(said.original.received_at)}, as {said.original.file}"
        yield f"(submission {said.original.submission}). Nothing was sent again."
        yield (
            f"Of that file {_documents(refused)} refused: correct it, and send it again."
            if refused
            else "There is nothing to do."
        )
    elif said.status == "accepted":
        yield f"{_documents(count)} received and accepted.{'' if _about_the_file(said) else ' There is nothing to do.'}"
    elif said.status == "duplicate":
        yield "Every invoice in this file was received before. Nothing was sent again. There is nothing to do."
    elif said.status == "partly":
        yield f"{_documents(refused)} refused, {_documents(count - refused)} taken."
        yield "Correct what was refused and send it again, alone or with the others: nothing is sent twice."
        yield "A copy of your file lies beside this text."
    else:
        yield "The file was refused. Nothing of it was sent."
        if said.submission is not None:
            yield "Correct it, and upload it into in/ again. A copy of your file lies beside this text."


def _refused(one: DocumentSaid) -> Iterator[str]:
    yield f"- {_title(one)}; for {one.owner}"
    if one.findings:
        yield from _findings(one.findings)
    else:
        yield f"  {one.sentence} {one.action}"


def _others(said: Answer, state: str, title: str) -> Iterator[str]:
    found = [one for one in said.documents if one.state == state]
    if found:
        yield ""
        yield title
        for one in found[:_MOST_OTHERS]:
            yield f"- {_title(one)}"
            yield from _findings([finding for finding in one.findings if finding.severity != "information"])
        yield from _rest(len(found), _MOST_OTHERS)


def _findings(findings: Sequence[FindingSaid]) -> Iterator[str]:
    for one in findings:
        place = ", ".join(part for part in (one.term, one.where) if part)
        yield f"  {one.id} ({_SPOKEN.get(one.severity, one.severity)}){f' at {place}' if place else ''}:"
        yield f"      {one.message}"
        if one.fix:
            yield f"      Way out: {one.fix}"


def _title(one: DocumentSaid) -> str:
    number = f"Invoice {one.number}" if one.number else "An invoice without a number"
    return f"{number} (document {one.position} of the file, {one.id})"


def _documents(count: int) -> str:
    return "1 document was" if count == 1 else f"{count:,} documents were"


def _rest(count: int, shown: int) -> Iterator[str]:
    if count > shown:
        yield f"- and {count - shown:,} more; all of them stand in the .ack.json file."


def _moment(at: datetime.datetime) -> str:
    return f"{at.astimezone(datetime.UTC):%Y-%m-%d %H:%M:%S} UTC"


def _line(text: str) -> str:
    """Without signs that would break the line or turn the direction of writing."""
    return "".join(sign if sign.isprintable() else " " for sign in text).rstrip()
