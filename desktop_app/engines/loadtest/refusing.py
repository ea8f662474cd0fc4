"""What is not run at all, and why."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.core.language import N_
from desktop_app.core.load.checking import check_plan
from desktop_app.core.load.permission import Permission
from desktop_app.core.load.plan import Order
from desktop_app.core.problems import Problem
from desktop_app.core.validation.findings import Said, say

_PRODUCTION = "production"


def permission_of(order: Order) -> Permission:
    """The order's permission: what its plan calls production is production."""
    if order.plan.target.environment != _PRODUCTION:
        return order.permission
    return replace(order.permission, production=True)


def refusal(order: Order) -> Said | None:
    """Why an order is not run; None where it is."""
    plan = order.plan
    if problems := check_plan(plan):
        return senseless(problems[0])
    return permission_of(order).refusal(
        plan.target.url,
        rate=plan.model.highest_rate,
        users=plan.model.users,
        seconds=plan.seconds,
    )


def senseless(problem: Problem) -> Said:
    """A plan's first problem as a sentence."""
    return say(
        N_("The plan makes no sense: {field}: {problem}"),
        field=problem.field,
        problem=problem.text(),
    )
