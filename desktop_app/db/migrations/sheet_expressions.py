"""Scores and totals of sheets, computed on the server by the rule of ``core.scoring``.

The rule is exact: score / max_score × weight, summed as fractions, rounded half-up to cents. The
server computes it twice. In binary floating point, whose error here is far below 1e-9, every sheet
is told whose total is not within 1e-9 of the middle between two cents: nearly all. Those at the
middle are computed in decimals of 34 digits. Their quotients are rounded there, too, so that the
sum is taken to 23 digits of a cent before it is rounded half-up: exact as long as the common
denominator of the highest scores is below 10^20.

A number that no person writes (more than 15 significant digits) means something else to the
server's decimals than to ``core.scoring``: a sheet at the middle that holds one is left to the
latter, here in the console.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import Decimal128

from desktop_app.core.evaluations import FINISHED
from desktop_app.core.templates import Criterion
from desktop_app.db.migrations.counting import LISTED

_NEAR = 1e-9
_HALF = 0.005
_ODD_LISTED = 10_000
_ODD, _UNKNOWN = 4, 8
"""Flags of sheets that are left to us, and of those whose revision is not there."""
_FINISHED = sorted(status.value for status in FINISHED)
_CENT_DIGITS = 23

Expression = Any


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision of a template, with its criteria."""

    template_id: str
    revision: int
    criteria: tuple[Criterion, ...]


SHOWN = {"template_id": 1, "template_revision": 1}
"""What is told of a sheet whose revision is not there."""


def wrong_sheets(
    revisions: Sequence[Revision], *, others_are_unknown: bool = False
) -> list[Mapping[str, Any]]:
    """The pipeline that counts and lists the wrong sheets of some revisions.

    ``others_are_unknown``: there are no other revisions than these.
    """
    first: list[Mapping[str, Any]] = [{"$sort": {"_id": 1}}, {"$limit": LISTED}]
    listed = [*first, {"$project": {"scores": 1, "total_score": 1, "expected": 1}}]
    flags = {
        "_id": 1,
        "scores": 1,
        "total_score": 1,
        "template_id": 1,
        "template_revision": 1,
        "wrong": _by_revision(revisions, _flags, otherwise=_UNKNOWN if others_are_unknown else 0),
    }
    bad_scores, bad_total = {"wrong": {"$in": [1, 3]}}, {"wrong": {"$in": [2, 3]}}
    right = _by_revision(revisions, _all_right, otherwise=not others_are_unknown)
    return [
        {"$match": {"$expr": {"$not": [right]}}},
        {"$project": flags},
        {"$match": {"wrong": {"$gt": 0}}},
        {
            "$facet": {
                "scores_all": [{"$match": bad_scores}, {"$count": "n"}],
                "scores": [{"$match": bad_scores}, *listed],
                "totals_all": [{"$match": bad_total}, {"$count": "n"}],
                "totals": [
                    {"$match": bad_total},
                    {"$set": {"expected": _by_revision(revisions, _exact_total)}},
                    *listed,
                ],
                "odd": [{"$match": {"wrong": _ODD}}, {"$limit": _ODD_LISTED}],
                "unknown_all": [{"$match": {"wrong": _UNKNOWN}}, {"$count": "n"}],
                "unknown": [{"$match": {"wrong": _UNKNOWN}}, *first, {"$project": SHOWN}],
            }
        },
    ]


def _by_revision(revisions: Sequence[Revision], of: Any, otherwise: Any = 0) -> Expression:
    if not revisions:
        return otherwise
    branches = [
        {
            "case": {
                "$and": [
                    {"$eq": ["$template_id", {"$literal": one.template_id}]},
                    {"$eq": [{"$ifNull": ["$template_revision", 1]}, one.revision]},
                ]
            },
            "then": of(one.criteria),
        }
        for one in revisions
    ]
    return {"$switch": {"branches": branches, "default": otherwise}}


def _flags(criteria: tuple[Criterion, ...]) -> Expression:
    """0: right, 1: scores that cannot be, 2: the total disagrees, 3: both, 4: left to us."""
    total = {"$cond": [_IS_FINISHED, _total_wrong(criteria), 0]}
    flags = {
        "$let": {
            "vars": {"total": total},
            "in": {"$cond": [{"$eq": ["$$total", 4]}, 4, {"$add": ["$$scores_wrong", "$$total"]}]},
        }
    }
    scores_wrong = {"$cond": [_scores_fit(criteria), 0, 1]}
    return {"$let": {"vars": {"scores_wrong": scores_wrong}, "in": flags}}


_IS_FINISHED = {"$in": ["$status", _FINISHED]}
_IS_CENTS = {"$eq": [{"$round": ["$total_score", 2]}, "$total_score"]}
_SCORES = {"$cond": [{"$isArray": "$scores"}, "$scores", []]}


def _all_right(criteria: tuple[Criterion, ...]) -> Expression:
    """Whether a sheet is right beyond doubt, told quickly: nearly all are.

    Its scores are as its criteria, one each, in their order. No other value than a number lies
    between two numbers; a total that is no number would make ``$subtract`` fail, and a score that
    is null would make the sum null, which is below everything.
    """
    scores = [{"$arrayElemAt": ["$$given", place]} for place in range(len(criteria))]
    pairs = list(zip(criteria, scores, strict=True))
    most = {criterion.max_score for criterion in criteria}
    # One comparison does for all criteria where they are scored alike; $min and $max leave null
    # out, which a draft may hold.
    within = (
        [{"$lte": [{"$max": "$$given"}, *most]}]
        if len(most) == 1
        else [{"$lte": [score, criterion.max_score]} for criterion, score in pairs]
    )
    away = {
        "$abs": {"$subtract": ["$total_score", {"$add": [_approximate(*pair) for pair in pairs]}]}
    }
    near = {
        "$let": {
            "vars": {"away": away},
            "in": {"$and": [{"$gte": ["$$away", 0]}, {"$lt": ["$$away", _HALF - _NEAR]}]},
        }
    }
    total = [{"$isNumber": "$total_score"}, near, _IS_CENTS]
    right = {
        "$and": [
            {"$eq": ["$scores.criterion_id", {"$literal": [one.id for one in criteria]}]},
            {"$eq": [{"$size": "$$given"}, len(criteria)]},
            {"$gte": [{"$min": "$$given"}, 0]},
            *within,
            {"$or": [{"$not": [_IS_FINISHED]}, {"$and": total}]},
        ]
    }
    return {"$let": {"vars": {"given": "$scores.score"}, "in": right}}


def _scores_fit(criteria: tuple[Criterion, ...]) -> Expression:
    """Every score is of a criterion, of each at most once, null or a number from 0 to its most."""
    ids = [criterion.id for criterion in criteria]
    one_fits = {
        "$switch": {
            "branches": [
                {
                    "case": {"$eq": ["$$one.criterion_id", {"$literal": criterion.id}]},
                    "then": _fits(criterion, "$$one.score"),
                }
                for criterion in criteria
            ],
            "default": False,
        }
    }
    each = {"$map": {"input": _SCORES, "as": "one", "in": one_fits}}
    once = {
        "$eq": [
            {"$size": {"$setIntersection": [{"$ifNull": ["$scores.criterion_id", []]}, ids]}},
            {"$size": _SCORES},
        ]
    }
    return {"$or": [{"$eq": [_SCORES, []]}, {"$and": [{"$allElementsTrue": [each]}, once]}]}


def _fits(criterion: Criterion, score: Expression) -> Expression:
    return {
        "$or": [
            {
                "$and": [
                    {"$isNumber": score},
                    {"$gte": [score, 0]},
                    {"$lte": [score, criterion.max_score]},
                ]
            },
            {"$eq": [{"$ifNull": [score, None]}, None]},
        ]
    }


def _sum_of(criteria: tuple[Criterion, ...], share: Any) -> Expression:
    """Σ share(criterion, score) over the scores of a sheet; of one criterion the last counts."""
    last = {
        criterion.id: {
            "$ifNull": [
                {
                    "$last": {
                        "$map": {
                            "input": {
                                "$filter": {
                                    "input": _SCORES,
                                    "as": "one",
                                    "cond": {
                                        "$eq": ["$$one.criterion_id", {"$literal": criterion.id}]
                                    },
                                }
                            },
                            "as": "one",
                            "in": {"$ifNull": ["$$one.score", 0]},
                        }
                    }
                },
                0,
            ]
        }
        for criterion in criteria
    }
    return {"$add": [share(criterion, last[criterion.id]) for criterion in criteria]}


def _approximate(criterion: Criterion, score: Expression) -> Expression:
    return {"$multiply": [score, float(criterion.weight) / float(criterion.max_score)]}


def _decimal(criterion: Criterion, score: Expression) -> Expression:
    weight, most = (Decimal128(str(number)) for number in (criterion.weight, criterion.max_score))
    return {"$divide": [{"$multiply": [{"$toDecimal": score}, weight]}, most]}


def _exact_cents(criteria: tuple[Criterion, ...]) -> Expression:
    cents = {"$multiply": [_sum_of(criteria, _decimal), 100]}
    return {"$floor": {"$add": [{"$round": [cents, _CENT_DIGITS]}, Decimal128("0.5")]}}


def _exact_total(criteria: tuple[Criterion, ...]) -> Expression:
    return {"$toDouble": {"$divide": [_exact_cents(criteria), 100]}}


def _total_wrong(criteria: tuple[Criterion, ...]) -> Expression:
    """0, 2 or 4 as in ``_flags``; only where all scores are numbers can a total be computed."""
    exact = {"$eq": [{"$multiply": [{"$toDecimal": "$total_score"}, 100]}, _exact_cents(criteria)]}
    odd = {
        "$anyElementTrue": [
            {
                "$map": {
                    "input": _SCORES,
                    "as": "one",
                    "in": {
                        "$and": [
                            {"$isNumber": "$$one.score"},
                            {"$ne": [{"$toDouble": {"$toDecimal": "$$one.score"}}, "$$one.score"]},
                        ]
                    },
                }
            }
        ]
    }
    away = {"$abs": {"$subtract": ["$total_score", _sum_of(criteria, _approximate)]}}
    told = {
        "$let": {
            "vars": {"away": away},
            "in": {
                "$switch": {
                    "branches": [
                        {"case": {"$lt": ["$$away", _HALF - _NEAR]}, "then": 0},
                        {"case": {"$gt": ["$$away", _HALF + _NEAR]}, "then": 2},
                        {"case": odd, "then": 4},
                    ],
                    "default": {"$cond": [exact, 0, 2]},
                }
            },
        }
    }
    numbers = {"$or": [{"$eq": ["$$scores_wrong", 0]}, _numbers_only()]}
    computable = {"$and": [{"$isNumber": "$total_score"}, numbers]}
    return {"$cond": [computable, {"$cond": [_IS_CENTS, told, 2]}, 2]}


def _numbers_only() -> Expression:
    number = {
        "$or": [
            {"$isNumber": "$$one.score"},
            {"$eq": [{"$ifNull": ["$$one.score", None]}, None]},
        ]
    }
    return {"$allElementsTrue": [{"$map": {"input": _SCORES, "as": "one", "in": number}}]}
