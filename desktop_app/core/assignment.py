"""Who evaluates whom: an assignment that is complete where one exists, and as even as it can be.

Loads are levelled and shortages shared by exchanges along augmenting paths. Both the loads of
evaluators and the numbers of evaluators per company form M-convex sets, in which what no single
exchange improves is best of all (Murota, Discrete Convex Analysis, 2003, ch. 6; for the greedy
rounds Federgruen and Groenevelt, Operations Research 34, 1986).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from desktop_app.core.evaluations import Matrix, Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A company that gets ``missing`` evaluators fewer than asked for, and why.

    ``missing`` is the sum of the three: because the panel is too small, because too many of it
    have a conflict of interest, because those who may are at their limit.
    """

    company_id: str
    missing: int
    by_panel: int
    by_conflicts: int
    by_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to assign beside what is there.

    ``counts`` and ``loads`` say how many evaluators each company and how many companies each
    evaluator has then, what was there included. ``limit_needed`` is the least limit per evaluator
    with which no company would be short for the limit's sake; None when none is.
    """

    pairs: tuple[Pair, ...]
    counts: Mapping[str, int]
    loads: Mapping[str, int]
    shortfalls: tuple[Shortfall, ...] = ()
    limit_needed: int | None = None

    @property
    def lightest(self) -> int:
        """The load of who has least to do."""
        return min(self.loads.values(), default=0)

    @property
    def heaviest(self) -> int:
        """The load of who has most to do."""
        return max(self.loads.values(), default=0)


def conflicts_of(matrix: Matrix) -> frozenset[Pair]:
    """Whom the evaluators may not evaluate: as declared, and the company they belong to."""
    declared = {Pair(c.company_id, c.evaluator_id) for c in matrix.conflicts}
    own = {Pair(p.company_id, p.id) for p in matrix.panel if p.company_id is not None}
    return frozenset(declared | own)


def plan_matrix(
    matrix: Matrix,
    *,
    per_company: int,
    per_evaluator: int | None,
    seed: int,
    companies: Iterable[str] | None = None,
) -> Plan:
    """The plan for a project's candidates (or these ``companies`` of them) and its active panel."""
    wanted = {candidate.id for candidate in matrix.candidates}
    return plan(
        wanted if companies is None else wanted & set(companies),
        [panelist.id for panelist in matrix.panel if panelist.is_active],
        existing=[Pair(sheet.company_id, sheet.evaluator_id) for sheet in matrix.sheets],
        conflicts=conflicts_of(matrix),
        per_company=per_company,
        per_evaluator=per_evaluator,
        seed=seed,
    )


def plan(
    candidates: Iterable[str],
    panel: Iterable[str],
    *,
    existing: Iterable[Pair] = (),
    conflicts: Iterable[Pair] = (),
    per_company: int,
    per_evaluator: int | None = None,
    seed: int = 0,
) -> Plan:
    """Assign until every company has ``per_company`` evaluators, each at most ``per_evaluator``.

    ``existing`` assignments are kept and counted, also those of other companies and evaluators;
    pairs in ``conflicts`` are never assigned. As many are assigned as possible at all; where
    companies stay short, the shortage is shared as evenly as possible; and the loads of the
    evaluators differ as little as possible. Ties are broken by a hash of ``seed`` and the ids:
    the same content gives the same plan, in whatever order it comes.
    """
    there = set(existing)
    search = _Search(
        sorted(set(candidates)), set(panel), there, set(conflicts), per_evaluator, seed
    )
    search.fill(per_company)
    search.level()
    shortfalls = search.shortfalls(per_company)
    needed = None
    if any(short.by_limit for short in shortfalls):
        free = plan(
            candidates=search.companies,
            panel=search.evaluators,
            existing=there,
            conflicts=search.conflicts,
            per_company=per_company,
            seed=seed,
        )
        # Whoever is loaded so today and gets nothing new does not count.
        needed = max(free.loads[pair.evaluator_id] for pair in free.pairs)
    return Plan(
        pairs=search.pairs(),
        counts=dict(zip(search.companies, search.counts, strict=True)),
        loads=dict(sorted(zip(search.evaluators, search.loads, strict=True))),
        shortfalls=shortfalls,
        limit_needed=needed,
    )


class _Search:
    """Companies are bits: ``given[e]`` are those newly given to evaluator e, ``free[e]`` could be.

    Passing a company on from one evaluator to another is possible where ``given[one] &
    free[other]`` is not empty; chains of that are what the search looks for.
    """

    def __init__(
        self,
        companies: Sequence[str],
        panel: set[str],
        existing: set[Pair],
        conflicts: set[Pair],
        limit: int | None,
        seed: int,
    ) -> None:
        self.companies, self.conflicts, self._seed = companies, conflicts, seed
        self.evaluators = sorted(panel, key=lambda id_: (_mixed(seed, id_), id_))
        self._existing = existing
        burdens = Counter(pair.evaluator_id for pair in existing)
        numbers = Counter(pair.company_id for pair in existing)
        self.loads = [burdens[id_] for id_ in self.evaluators]
        self.counts = [numbers[id_] for id_ in companies]
        self._limit = limit if limit is not None else len(companies) + max(self.loads, default=0)
        self._given = [0] * len(self.evaluators)
        barred = {(pair.company_id, pair.evaluator_id) for pair in existing | conflicts}
        self._free = [
            sum(1 << c for c, company in enumerate(companies) if (company, id_) not in barred)
            for id_ in self.evaluators
        ]

    def fill(self, per_company: int) -> None:
        """Round by round one evaluator more for every company that has fewest so far.

        A company that finds none in its round finds none later either: what others get takes
        nothing away that they could still pass on.
        """
        tastes = [self._taste(company) for company in self.companies]
        for number in range(per_company):
            for c in self._turn(number):
                if self.counts[c] == number:
                    self._place(c, tastes[c])

    def level(self) -> None:
        """Pass companies on from the busy to the idle until no chain makes loads more even."""
        improving = True
        while improving:
            improving = False
            busiest_first = sorted(range(len(self.loads)), key=lambda e: -self.loads[e])
            for busy in busiest_first:
                while (chain := self._lighter(busy)) is not None:
                    self._pass_on(chain)
                    self.loads[chain[0]] -= 1
                    self.loads[chain[-1]] += 1
                    improving = True

    def pairs(self) -> tuple[Pair, ...]:
        """All that was newly given, in order."""
        return tuple(
            sorted(
                Pair(company, evaluator)
                for e, evaluator in enumerate(self.evaluators)
                for c, company in enumerate(self.companies)
                if self._given[e] >> c & 1
            )
        )

    def shortfalls(self, per_company: int) -> tuple[Shortfall, ...]:
        """Which companies have fewer than asked for, and why."""
        found = []
        for c, company in enumerate(self.companies):
            missing = per_company - self.counts[c]
            if missing <= 0:
                continue
            there = {pair.evaluator_id for pair in self._existing if pair.company_id == company}
            everyone = there | set(self.evaluators)
            able = [
                id_ for id_ in everyone if id_ in there or Pair(company, id_) not in self.conflicts
            ]
            by_panel = max(0, per_company - len(everyone))
            by_conflicts = max(0, per_company - len(able)) - by_panel
            found.append(
                Shortfall(
                    company_id=company,
                    missing=missing,
                    by_panel=by_panel,
                    by_conflicts=by_conflicts,
                    by_limit=missing - by_panel - by_conflicts,
                )
            )
        return tuple(found)

    # Inside

    def _turn(self, number: int) -> list[int]:
        """The companies in the order in which they choose in a round."""
        key = [_mixed(self._seed, number, company) for company in self.companies]
        return sorted(range(len(key)), key=lambda c: (key[c], self.companies[c]))

    def _taste(self, company: str) -> list[int]:
        """The evaluators in the order in which ``company`` takes equally busy ones."""
        key = [_mixed(self._seed, company, id_) for id_ in self.evaluators]
        return sorted(range(len(key)), key=lambda e: (key[e], self.evaluators[e]))

    def _place(self, c: int, taste: Sequence[int]) -> None:
        bit = 1 << c
        willing = [e for e in taste if self._free[e] & bit]
        idle = [e for e in willing if self.loads[e] < self._limit]
        chain = [min(idle, key=self.loads.__getitem__)] if idle else self._way_out(willing)
        if chain is None:
            return
        self._pass_on(chain)
        self.loads[chain[-1]] += 1
        self._give(chain[0], bit)
        self.counts[c] += 1

    def _way_out(self, starts: Iterable[int]) -> list[int] | None:
        """The shortest chain from one of ``starts`` to somebody below the limit."""
        return self._chain(starts, self._limit - 1)

    def _lighter(self, busy: int) -> list[int] | None:
        """The shortest chain from ``busy`` to somebody with at least two companies fewer."""
        return self._chain([busy], self.loads[busy] - 2)

    def _chain(self, starts: Iterable[int], light: int) -> list[int] | None:
        """Breadth first; of the evaluators found at once with a load up to ``light`` the lightest.

        None when there is no chain.
        """
        before: dict[int, int | None] = dict.fromkeys(starts)
        unseen = [e for e in range(len(self.evaluators)) if e not in before]
        front = list(before)
        while front:
            reached: list[int] = []
            for one in front:
                given, beyond = self._given[one], []
                for other in unseen:
                    if given & self._free[other]:
                        before[other] = one
                        reached.append(other)
                    else:
                        beyond.append(other)
                unseen = beyond
            fitting = [e for e in reached if self.loads[e] <= light]
            if fitting:
                return _traced(before, min(fitting, key=self.loads.__getitem__))
            front = reached
        return None

    def _pass_on(self, chain: Sequence[int]) -> None:
        """Everyone in ``chain`` gives one company to the next."""
        for one, other in pairwise(chain):
            possible = self._given[one] & self._free[other]
            bit = possible & -possible
            self._take(one, bit)
            self._give(other, bit)

    def _give(self, e: int, bit: int) -> None:
        self._given[e] |= bit
        self._free[e] &= ~bit

    def _take(self, e: int, bit: int) -> None:
        self._given[e] &= ~bit
        self._free[e] |= bit


def _traced(before: Mapping[int, int | None], end: int) -> list[int]:
    chain = [end]
    while (previous := before[chain[-1]]) is not None:
        chain.append(previous)
    return chain[::-1]


def _mixed(*parts: object) -> bytes:
    """A number for ties that is the same in every version of Python."""
    text = "\x1f".join(map(str, parts))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
