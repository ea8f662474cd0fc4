"""Whether a worker takes part: only in what its master's operator permits, and never by mistake."""

from __future__ import annotations

from urllib.parse import urlsplit

from desktop_app.core.language import N_
from desktop_app.core.load.permission import is_loopback
from desktop_app.core.load.plan import Order
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.loadtest.distributed.wire import Task
from desktop_app.engines.loadtest.refusing import refusal


def objection(task: Task, master: str) -> Said | None:
    """Why this computer does not do its share; None where it does.

    ``master`` is the host that was joined. The order's own permission counts, nothing that could
    be set here. An address that means “this computer” means another one here than there.
    """
    assignment = task.assignment
    if is_loopback(assignment.address) and not is_loopback(master):
        return say(
            N_(
                "The target {address} is the master's own computer; from here it would be this one."
            ),
            address=assignment.address,
        )
    name = urlsplit(assignment.plan.target.url).hostname or ""
    if is_loopback(name) and not is_loopback(assignment.address):
        return say(
            N_("{name} is a name of this computer, its address {address} is not."),
            name=name,
            address=assignment.address,
        )
    return refusal(Order(plan=assignment.plan, permission=task.permission))
