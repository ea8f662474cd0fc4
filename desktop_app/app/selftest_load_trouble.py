"""What a selftest looks at of load runs in trouble: states that a good run does not come to.

They are told to the pages as a run would tell them: none of them can be had at will.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.app.selftest_load import screen_of
from desktop_app.app.selftest_play import Play
from desktop_app.app.selftest_stage import NotReached
from desktop_app.core.load.events import Event, Preparing, RunStarted, Warned
from desktop_app.core.load.result import LoadResult, Verdict
from desktop_app.core.load.second import Phase
from desktop_app.core.validation.findings import Said, say
from desktop_app.ui.shell.toasts import Toast

if TYPE_CHECKING:
    from desktop_app.ui.loadtest.screen import LoadScreen

_JOIN_AT = "192.0.2.10:5557"
_WORKER_LOST = "Worker {number} ({computer}, process {pid}) is lost: nothing is heard of it."
_LOST = "Generator {number} (process {pid}) is lost: it ended with code {code}."
_LATE = "{percent} % of the requests left more than {limit} ms late."
_HOT = "A generator used its core whole ({percent} % or more for {seconds} s)."


def joining(play: Play) -> None:
    """A run from several computers: planned, waiting for them, and one of them lost."""
    from desktop_app.ui.loadtest.screen import LIVE, PLAN

    screen, result = screen_of(play), _last(play)
    for toast in play.window.findChildren(Toast):  # of the reports written before
        toast.dismiss()
    load = screen.plan.load
    screen.show_step(PLAN)
    load.workers.setValue(2)
    load.join_at.setText(_JOIN_AT)
    play.look("load-workers-planned")
    order = screen.plan.order
    if order is None or order.distribution is None:
        raise NotReached("a plan for several computers")
    screen.live.begin(order)
    screen.show_step(LIVE)
    users = order.model.users
    for joined, name in ((0, "awaited"), (1, "joined")):
        told = Preparing(ready=0, users=users, workers=joined, awaited=2, address=_JOIN_AT)
        screen.live.follow([told])
        play.look(f"load-worker-{name}")
    lost = say(_WORKER_LOST, number=2, computer="부하-2 (예시)", pid=4242)
    _follow(screen, result, lost)
    play.look("load-worker-lost")
    screen.live.end("")
    load.workers.setValue(0)


def no_result(play: Play) -> None:
    """A run that its own generators spoilt: while it goes, and afterwards."""
    from desktop_app.ui.loadtest.opened import opened
    from desktop_app.ui.loadtest.result_page import SUMMARY
    from desktop_app.ui.loadtest.screen import LIVE, RESULT

    screen, result = screen_of(play), _last(play)
    order = screen.plan.order
    if order is None:
        raise NotReached("a plan")
    screen.live.begin(order)
    screen.show_step(LIVE)
    lost = say(_LOST, number=2, pid=4242, code=-9)
    _follow(screen, result, lost)
    play.look("load-generator-lost")
    screen.live.end("")
    spoilt = replace(
        result,
        verdict=Verdict.INVALID,
        reasons=(lost, say(_LATE, percent="12.5", limit="10"), say(_HOT, percent=90, seconds=3)),
        warnings=(lost,),
    )
    shown = play.elsewhere(lambda: opened(screen.desk, spoilt))
    screen.result.show_run(shown)
    screen.result.tabs.setCurrentIndex(SUMMARY)
    screen.show_step(RESULT)
    play.look("load-invalid")


def _last(play: Play) -> LoadResult:
    opened = screen_of(play).result.opened
    if opened is None:
        raise NotReached("no run")
    return opened.result


def _follow(screen: LoadScreen, result: LoadResult, warned: Said) -> None:
    """The run as it was, with a warning that makes it invalid."""
    started = RunStarted(
        run_id=result.run_id,
        plan=result.plan,
        at=time.time() - len(result.seconds),
        generators=(1,),
        loop=result.facts.loop,
    )
    sent = [second for second in result.seconds if second.phase is not Phase.DRAIN]
    told: list[Event] = [started, *sent]
    screen.live.follow([*told, Warned(second=len(sent), said=warned, spoilt=True)])


LOAD_TROUBLE_SCENES = (joining, no_result)
"""As administrator, after a run."""
