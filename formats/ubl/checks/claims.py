"""`and` and `or` as the official rules are evaluated: what is certain outweighs what cannot be decided.

XPath 2.0 (section 2.3.4) lets a false claim settle an `and` and a true one an `or`, though another of the claims is in
error; Saxon makes use of it in whichever order they stand.
"""

from collections.abc import Callable

from formats.ubl.tree import Undecidable

Claim = Callable[[], bool]


def all_hold(*claims: Claim) -> bool:
    """Whether none of the claims is false. Raises Undecidable where none is, but one cannot be decided."""
    return _settled_by(False, claims)


def any_holds(*claims: Claim) -> bool:
    """Whether one of the claims is true. Raises Undecidable where none is, but one cannot be decided."""
    return _settled_by(True, claims)


def _settled_by(verdict: bool, claims: tuple[Claim, ...]) -> bool:
    undecided: Undecidable | None = None
    for claim in claims:
        try:
            if claim() is verdict:
                return verdict
        except Undecidable as trouble:
            undecided = undecided or trouble
    if undecided is not None:
        raise undecided
    return not verdict
