"""The baseline in a file: JSON that people can read, compare and commit.

``{"format": 1, "accepted": [{"key": "cors.reflection", "reason": …, "owner": …, "expires":
"2026-12-31", "accepted": null, "state": "fail", "said": []}]}``; see
``core.validation.baseline.Accepted``.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.validation.baseline import Baseline
from desktop_app.services.whole_file import whole_file

FORMAT = 1
LARGEST = 4 * 1024 * 1024


def read_baseline(path: Path) -> Baseline:
    """The baseline of a file, empty where there is none; raises ``LocalFailure``."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("too large")
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError(f'"format": {FORMAT}')
        return msgspec.convert({"accepted": content.get("accepted", [])}, Baseline)
    except FileNotFoundError:
        return Baseline()
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise LocalFailure(
            what=N_("The baseline “{file}” cannot be used: {reason}."),
            advice=N_("Mend it, or take another one: nothing is accepted by half."),
            file=path.name,
            reason=getattr(error, "strerror", None) or str(error),
        ) from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write it whole or not at all, one entry after another by key; raises ``LocalFailure``."""
    accepted = msgspec.to_builtins(baseline)["accepted"]
    text = json.dumps({"format": FORMAT, "accepted": accepted}, ensure_ascii=False, indent=2)
    with whole_file(path) as part:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text + "\n", encoding="utf-8", newline="\n")
