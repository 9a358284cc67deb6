"""Run all figures, or those that are named: `python -m tests.bench hops memory`."""

import json
import sys
from collections.abc import Iterator, Mapping

from tests.bench import checks, drop, hops, memory

FAMILIES = {"checks": checks.figures, "hops": hops.figures, "memory": memory.figures, "drop": drop.figures}


def main(wanted: list[str]) -> int:
    """Print each figure as it is measured; the exit code."""
    unknown = sorted(set(wanted) - set(FAMILIES))
    if unknown:
        print(f"there is no figure {', '.join(unknown)}; there are {', '.join(FAMILIES)}", file=sys.stderr)
        return 2
    for name in wanted or list(FAMILIES):
        measured: Iterator[Mapping[str, object]] = FAMILIES[name]()
        for figure in measured:
            print(json.dumps(figure), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
