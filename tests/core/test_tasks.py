import pytest

from desktop_app.core.errors import Cancelled
from desktop_app.core.tasks import Progress, TaskContext


def test_progress_is_reported() -> None:
    seen: list[Progress] = []
    TaskContext(seen.append).report(3, 10, "rows")
    assert seen == [Progress(done=3, total=10, text="rows")]


def test_cancelled_work_stops_at_its_next_step() -> None:
    seen: list[Progress] = []
    context = TaskContext(seen.append)
    context.cancel()
    context.cancel()
    assert context.cancelled
    for step in (context.check, lambda: context.report(1), lambda: context.wait(60)):
        with pytest.raises(Cancelled):
            step()
    assert seen == []
