"""Compare our rule sets with the official ones on mutated invoices: `make fuzz SEED=1 COUNT=20000 PROFILE=xrechnung`.

Each mutant is made from the seed, its profile and its number alone, so it can be made again whatever ran before it.
Of each kind of difference one document is made small and put into the folder `.fuzz`. Two processes, no more: Saxon
works no faster in three.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from tests import judge
from tests.corpus import shared_folder
from tests.judges.minimising import minimised
from tests.judges.mutations import mutated
from tests.judges.pairs import PROFILES
from tests.judges.seeds import Seed, seeds_of
from tests.judges.sides import Difference, Pair, compare
from tests.judges.vocabulary import Vocabulary, vocabulary
from tests.judges.workshop import Workshop

FOLDER: Final = Path(__file__).parents[2] / ".fuzz"
PROCESSES: Final = 2
# Most rules have something to say about what was written for them.
_GROUPS, _WEIGHTS = ("by hand", "drawn", "real"), (6, 2, 2)
BATCH: Final = 100
_TOLD: Final = 400


@dataclass(frozen=True)
class Mutants:
    """The mutants of one profile under one seed."""

    profile: str
    seed: int
    seeds: Sequence[Seed]
    words: Vocabulary

    def __getitem__(self, number: int) -> tuple[str, bytes]:
        """What the mutant was made from, and the mutant."""
        random = Random(f"{self.seed}/{self.profile}/{number}")
        groups = [[one for one in self.seeds if one.group == group] for group in _GROUPS]
        (among,) = random.choices(
            groups, [weight if group else 0 for group, weight in zip(groups, _WEIGHTS, strict=True)]
        )
        chosen = random.choice(among)
        return chosen.name, mutated(chosen.content, Workshop(random, self.words, [one.content for one in self.seeds]))


@dataclass(frozen=True)
class Found:
    """A mutant that verdicts differ on."""

    number: int
    made_from: str
    content: bytes
    difference: Difference


@dataclass
class Compared:
    """What came of some mutants.

    mutants, verdicts:  how many there were, and how many verdicts on them were compared
    broken:             on how many the official rules broke
    found:              the differences
    fired:              the official rules that found something, with the judge's name
    """

    mutants: int = 0
    verdicts: int = 0
    broken: int = 0
    found: list[Found] = field(default_factory=list)
    fired: set[tuple[str, str]] = field(default_factory=set)

    def __iadd__(self, other: "Compared") -> "Compared":
        self.mutants += other.mutants
        self.verdicts += other.verdicts
        self.broken += other.broken
        self.found += other.found
        self.fired |= other.fired
        return self


@dataclass(frozen=True)
class Scope:
    """Which rules are looked at: only those whose id begins so, and only those that our rule set has."""

    beginnings: tuple[str, ...] = ()
    known: bool = False

    def within(self, pair: Pair) -> frozenset[str] | None:
        """The rules of a pair that are looked at; None for all."""
        if not self.beginnings and not self.known:
            return None
        rules = pair.ours.ids if self.known else judge.rules(pair.official)
        return frozenset(rule for rule in rules if rule.startswith(self.beginnings or ""))


ALL: Final = Scope()


@cache
def mutants_of(profile: str, seed: int, corpus: Path | None) -> Mutants:
    """The mutants of a profile; from the documents of the corpus as well, where its folder is given."""
    seeds = seeds_of(profile, corpus)
    words = vocabulary([pair.official for pair in PROFILES[profile]], [one.content for one in seeds])
    return Mutants(profile, seed, seeds, words)


def compared(mutants: Mutants, numbers: Iterable[int], scope: Scope = ALL) -> Compared:
    """Both verdicts on these mutants."""
    done = Compared()
    for number in numbers:
        made_from, content = mutants[number]
        done.mutants += 1
        for pair in PROFILES[mutants.profile]:
            one = compare(pair, content, scope.within(pair))
            done.verdicts += 1
            if one.official is None:
                done.broken += 1
            else:
                done.fired.update((pair.official, rule) for rule, _ in one.official)
            if one.difference is not None:
                done.found.append(Found(number, made_from, content, one.difference))
    return done


def shrunk(found: Found, profile: str, scope: Scope = ALL) -> Found:
    """The same difference on a document as small as it gets."""
    (pair,) = (one for one in PROFILES[profile] if one.official == found.difference.judge)
    within = scope.within(pair)

    def differs(content: bytes) -> bool:
        one = compare(pair, content, within).difference
        return one is not None and one.kind == found.difference.kind

    small = minimised(found.content, differs)
    return Found(found.number, found.made_from, small, compare(pair, small, within).difference or found.difference)


def kept(found: Found, seed: int, profile: str) -> Path:
    """Put a difference into the folder of differences, as a document with a comment that tells it."""
    FOLDER.mkdir(exist_ok=True)
    rules = "-".join(sorted(found.difference.kind[1])[:3]) or "broken"
    file = FOLDER / f"{profile}-{rules}-{seed}-{found.number}.xml"
    told = f"{found.difference} (from {found.made_from})".replace("--", "- -")
    file.write_bytes(found.content + f"\n<!-- {told} -->\n".encode())
    return file


def main() -> None:
    """Run as a program; its status is 1 where verdicts differ."""
    options = _options()
    profiles = [one for one in options.profile if _can_run(one)]
    scope = Scope(tuple(options.ids.split(",")) if options.ids else (), options.known)
    corpus = shared_folder() / "corpus"
    total, kinds, started = Compared(), dict[Kind, tuple[str, Found]](), time.monotonic()
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn"), initializer=_in_silence) as processes:
        batches = [
            processes.submit(_batch, profile, options.seed, corpus if corpus.is_dir() else None, numbers, scope)
            for numbers in _batches(options.start, options.count // max(len(profiles), 1))
            for profile in profiles
        ]
        for batch in as_completed(batches):
            profile, done = batch.result()
            total += done
            for one in done.found:
                kinds.setdefault((profile, *one.difference.kind), (profile, one))
            rate = total.mutants / (time.monotonic() - started)
            print(f"fuzz: {total.mutants:,} mutants, {len(total.found)} differ, {rate:.0f} a second", flush=True)
        small = [processes.submit(_smallest, profile, one, scope) for profile, one in kinds.values()]
        for (profile, _), each in zip(kinds.values(), small, strict=True):
            found = each.result()
            print(f"fuzz: {found.difference}\n      {kept(found, options.seed, profile)} (from {found.made_from})")
    print(_summary(total, options.seed, profiles, len(kinds)))
    unreached = _unreached(total, profiles)
    if unreached:
        print(f"fuzz: {len(unreached)} rules found nothing, so more mutants may say more: {_shortened(unreached)}")
    sys.exit(1 if total.found else 0)


Kind = tuple[str, str, frozenset[str], bool]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare our rule sets with the official ones on mutated invoices.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20_000, help="mutants in all")
    parser.add_argument("--start", type=int, default=0, help="number of the first mutant of each profile")
    parser.add_argument("--profile", action="append", choices=list(PROFILES), help="all of them, where none is named")
    parser.add_argument("--ids", default="", help="only rules whose id begins so: BR-CO,BR-S")
    parser.add_argument("--known", action="store_true", help="only rules that ours has, while they are being written")
    options = parser.parse_args()
    options.profile = options.profile or list(PROFILES)
    return options


def _can_run(profile: str) -> bool:
    missing = [pair.official for pair in PROFILES[profile] if not judge.is_installed(pair.official)]
    if missing:
        print(f"fuzz: {profile} is left out; {', '.join(missing)} is not installed: run `make judges`")
    return not missing


def _batches(start: int, count: int) -> Iterator[range]:
    for first in range(start, start + count, BATCH):
        yield range(first, min(first + BATCH, start + count))


def _in_silence() -> None:
    """Saxon tells each error to the terminal as well."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _batch(profile: str, seed: int, corpus: Path | None, numbers: range, scope: Scope) -> tuple[str, Compared]:
    return profile, compared(mutants_of(profile, seed, corpus), numbers, scope)


def _smallest(profile: str, found: Found, scope: Scope) -> Found:
    return shrunk(found, profile, scope)


def _summary(total: Compared, seed: int, profiles: Iterable[str], kinds: int) -> str:
    judges = dict.fromkeys(pair.official for profile in profiles for pair in PROFILES[profile])
    fired = ", ".join(
        f"{name} {sum(1 for judged, _ in total.fired if judged == name)}/{len(judge.rules(name))}" for name in judges
    )
    return (
        f"fuzz: seed {seed}: {total.mutants:,} mutants, {total.verdicts:,} verdicts compared, "
        f"{len(total.found):,} differ in {kinds} ways; the official rules broke on {total.broken:,}; "
        f"rules that found something: {fired}"
    )


def _unreached(total: Compared, profiles: Iterable[str]) -> list[str]:
    judges = dict.fromkeys(pair.official for profile in profiles for pair in PROFILES[profile])
    return [rule for name in judges for rule in sorted(judge.rules(name)) if (name, rule) not in total.fired]


def _shortened(rules: Sequence[str]) -> str:
    return ", ".join(rules) if len(rules) <= _TOLD else f"{', '.join(rules[:_TOLD])} …"


if __name__ == "__main__":
    main()
