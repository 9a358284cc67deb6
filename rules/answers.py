"""Conditions read aloud, and answered.

What is not known never makes a rule apply, neither straight nor under `not`: nobody is "not in Italy" because an
invoice leaves the country out.
"""

from rules.condition import Condition
from rules.facts import FACTS, Answer, Situation, either


def describe(condition: Condition) -> str:
    """A condition as a clause: `buyer country is IT and amount is over 5,000 EUR`."""
    clauses = [fact.words(condition) for fact in FACTS if fact.is_asked(condition)]
    clauses += [describe(one) for one in condition.all_of]
    if condition.any_of:
        clauses.append(f"({either(map(_nested, condition.any_of))})")
    if condition.not_ is not None:
        clauses.append(f"not ({describe(condition.not_)})")
    return " and ".join(clauses) or "always"


def _nested(condition: Condition) -> str:
    clause = describe(condition)
    return f"({clause})" if " and " in clause else clause


def answer(condition: Condition, situation: Situation) -> Answer:
    """Whether a condition holds. Of several facts the first that does not decides, then the first unknown one."""
    answers = [fact.answer(condition, situation) for fact in FACTS if fact.is_asked(condition)]
    answers += [answer(one, situation) for one in condition.all_of]
    if condition.any_of:
        answers.append(_any(condition.any_of, situation))
    if condition.not_ is not None:
        answers.append(_opposite(answer(condition.not_, situation)))
    return _all(answers)


def _all(answers: list[Answer]) -> Answer:
    for decisive in (False, None):
        for one in answers:
            if one.holds is decisive:
                return one
    return Answer(True, " and ".join(one.because for one in answers) or "it applies to every invoice")


def _any(conditions: tuple[Condition, ...], situation: Situation) -> Answer:
    answers = [answer(one, situation) for one in conditions]
    for decisive in (True, None):
        for one in answers:
            if one.holds is decisive:
                return one
    return Answer(False, "; ".join(one.because for one in answers))


def _opposite(one: Answer) -> Answer:
    return Answer(None if one.holds is None else not one.holds, one.because)
