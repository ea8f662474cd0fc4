"""Every verdict, ending and state has an icon and a colour, and only a pass has the good one."""

from desktop_app.core.load.result import StopReason, Verdict
from desktop_app.core.load.thresholds import GateState
from desktop_app.services.loadtest.comparison import Change
from desktop_app.ui.loadtest import chips


def test_every_code_has_its_look() -> None:
    assert set(chips.VERDICT_LOOKS) == set(Verdict)
    assert set(chips.STOP_LOOKS) == set(StopReason)
    assert set(chips.GATE_LOOKS) == set(GateState)
    assert set(chips.CHANGE_LOOKS) == set(Change)
    good = [verdict for verdict, look in chips.VERDICT_LOOKS.items() if "ok" in look]
    assert good == [Verdict.PASSED]
