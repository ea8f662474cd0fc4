"""What running a check again has changed, in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime

from desktop_app.config.settings import Settings
from desktop_app.core.language import _, ngettext
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.validation.rerun import changes
from desktop_app.core.verdicts import CheckState
from desktop_app.services.validation import words
from desktop_app.ui.times import local_clock
from desktop_app.ui.validation.acts import Again

_TONES = {CheckState.PASS: "ok", CheckState.FAIL: "danger", CheckState.NOT_APPLICABLE: "info"}


def again_words(again: Again, key: str, settings: Settings) -> tuple[str, str]:
    """The sentence on the finding ``key``, and the tone to say it in."""
    report = again.report
    if report.stop is not Stop.DONE:
        said = report.stop_said.text() if report.stop_said is not None else ""
        text = f"{_(words.STOPS[report.stop])}. {said}".strip()
        return _("{text} The finding is as it was.").format(text=text), "warning"
    before = _state(again.before.report, key, again.check)
    now = _state(again.now.report, key, again.check)
    at = local_clock(datetime.now(UTC), settings)
    if before is now:
        text = _("Run again at {time}: still “{now}”.")
    else:
        text = _("Run again at {time}: it was “{before}”, now it is “{now}”.")
    text = text.format(time=at, before=_(words.STATES[before]), now=_(words.STATES[now]))
    others = [
        one
        for one in changes(again.before.report, again.now.report, {again.check})
        if one.key != key
    ]
    if others:
        more = ngettext(
            "{n} other finding of this check changed.",
            "{n} other findings of this check changed.",
            len(others),
        )
        text = f"{text} {more.format(n=f'{len(others):,}')}"
    return text, _TONES.get(now, "warning")


def _state(report: ValidationReport, key: str, check: str) -> CheckState:
    found = report.by_key().get(key)
    if found is not None:
        return found.state
    result = next((one for one in report.results if one.check == check), None)
    return result.state if result is not None else CheckState.NOT_RUN
