"""Plans of assignments against scipy's linear programming: as many, and as even."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from desktop_app.core.assignment import plan
from desktop_app.core.evaluations import Pair


@pytest.mark.parametrize("seed", range(40))
def test_a_plan_assigns_as_many_and_as_evenly_as_the_best_solution(seed: int) -> None:
    dice = random.Random(seed)
    candidates = [f"c{n}" for n in range(dice.randint(1, 30))]
    panel = [f"e{n}" for n in range(dice.randint(1, 12))]
    pairs = [Pair(c, e) for c in candidates for e in panel]
    existing = dice.sample(pairs, dice.randint(0, len(pairs) // 4))
    conflicts = dice.sample(pairs, dice.randint(0, len(pairs) // 2))
    per_company, per_evaluator = dice.randint(1, 6), dice.randint(1, 20)
    made = plan(
        candidates,
        panel,
        existing=existing,
        conflicts=conflicts,
        per_company=per_company,
        per_evaluator=per_evaluator,
        seed=seed,
    )
    before = Counter(pair.company_id for pair in existing)
    burdens = Counter(pair.evaluator_id for pair in existing)
    needs = {c: max(0, per_company - before[c]) for c in candidates}
    rooms = {e: max(0, per_evaluator - burdens[e]) for e in panel}
    possible = [pair for pair in pairs if pair not in {*existing, *conflicts}]
    assert len(made.pairs) == _most(possible, needs, rooms)
    # The least sum of squared loads among the assignments that give each company as many.
    given = {c: made.counts[c] - before[c] for c in candidates}
    squares = sum(load**2 for load in made.loads.values())
    assert squares == _least_squares(possible, given, rooms, burdens, panel)


def _most(possible: list[Pair], needs: dict[str, int], rooms: dict[str, int]) -> int:
    if not possible:
        return 0
    rows = list(needs) + list(rooms)
    at = {name: n for n, name in enumerate(rows)}
    n = len(possible)
    places = [at[pair.company_id] for pair in possible] + [at[p.evaluator_id] for p in possible]
    matrix = coo_array((np.ones(2 * n), (places, list(range(n)) * 2)), shape=(len(rows), n))
    bounds = [*needs.values(), *rooms.values()]
    answer = linprog(-np.ones(n), A_ub=matrix.tocsr(), b_ub=bounds, bounds=(0, 1))
    assert answer.success
    return round(-float(answer.fun))


def _least_squares(
    possible: list[Pair],
    given: dict[str, int],
    rooms: dict[str, int],
    burdens: Counter[str],
    panel: list[str],
) -> int:
    """One variable per pair, and one per further company of an evaluator: the k-th of someone who
    has b costs (b + k)² − (b + k − 1)². The matrix is that of a network: solutions are whole."""
    steps = [(e, k) for e in panel for k in range(1, rooms[e] + 1)]
    costs = [0.0] * len(possible) + [2.0 * (burdens[e] + k) - 1 for e, k in steps]
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    company_at = {c: n for n, c in enumerate(given)}
    evaluator_at = {e: len(given) + n for n, e in enumerate(panel)}
    for column, pair in enumerate(possible):
        rows += [company_at[pair.company_id], evaluator_at[pair.evaluator_id]]
        columns += [column, column]
        values += [1, 1]
    for column, (e, _) in enumerate(steps, start=len(possible)):
        rows.append(evaluator_at[e])
        columns.append(column)
        values.append(-1)
    fixed = sum(burdens[e] ** 2 for e in panel)
    if not costs:
        return fixed
    shape = (len(given) + len(panel), len(costs))
    matrix = coo_array((values, (rows, columns)), shape=shape)
    wanted = [*given.values(), *([0] * len(panel))]
    answer = linprog(costs, A_eq=matrix.tocsr(), b_eq=wanted, bounds=(0, 1))
    assert answer.success
    return fixed + round(float(answer.fun))
