"""The official rule sets as judges beside our own rules, where an operator has installed them.

shelf      the folder in which they lie, each under its hash
tally      how often each of them disagreed
saxon      runs them, as the stylesheets that they are
opinion    asks one about a document, and tells where it and our rules differ
admission  looks at a file before it becomes a judge
"""

from gateway.judges.admission import admit
from gateway.judges.opinion import BROKE, DISAGREES, Judges
from gateway.judges.shelf import Artefact, Shelf
from gateway.judges.tally import Count, Tally

__all__ = ["BROKE", "DISAGREES", "Artefact", "Count", "Judges", "Shelf", "Tally", "admit"]
