"""What a person may set going again; for everything else, why not, and the way out."""

import re
from dataclasses import replace

from gateway.errors import NotAllowed
from gateway.lifecycle import DeliveryState, Legal, Owner, Processing
from gateway.pipeline.release import plan
from gateway.store.log import Whole
from tests.pipeline.house import SmallHouse
from tests.pipeline.moves import only, run_through, submit

D = DeliveryState


FORM = re.compile(
    r"It is not possible to send d-\w+ again: it[^:]*, and (?P<reason>[^.]+)\. (?P<fix>.+\.) Nothing has changed\."
)


def refusal(whole: Whole, processing: Processing, state: D | None, legal: Legal = Legal.NOT_ISSUED) -> str:
    """What is said of a document in this state that is to be sent again, "" where it may be."""
    document = replace(whole.document, processing=processing, legal=legal, owner=Owner.CLERK)
    deliveries = () if state is None else (replace(whole.deliveries[0], state=state),)
    try:
        plan(replace(whole, document=document, deliveries=deliveries))
    except NotAllowed as error:
        return str(error)
    return ""


def test_each_state_is_sent_again_or_says_why_not_with_a_way_out(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    whole = only(small)
    ready = {state for state in D if not refusal(whole, Processing.READY, state)}
    assert ready == {D.PARKED, D.OUTCOME_UNKNOWN, D.REJECTED, D.UNDELIVERABLE, D.CANCELLED, D.FALLBACK_STARTED}
    assert {one for one in Processing if not refusal(whole, one, None)} == {Processing.READY, Processing.HELD}
    said = [refusal(whole, Processing.READY, state) for state in D if state not in ready]
    said += [refusal(whole, one, None) for one in Processing if one not in (Processing.READY, Processing.HELD)]
    said.append(refusal(whole, Processing.READY, D.UNDELIVERABLE, Legal.ISSUED_NOT_DELIVERED))
    for sentence in said:
        found = FORM.fullmatch(sentence)
        assert found, sentence
        assert (len(found["reason"]) > 10, len(found["fix"]) > 20) == (True, True), sentence
