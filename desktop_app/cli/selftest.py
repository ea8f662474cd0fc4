"""``evalconsole selftest``: every screen and dialog on sample data, looked at by the program."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from desktop_app.cli import exits
from desktop_app.cli.telling import say
from desktop_app.core.language import _


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.description = _(
        "Opens the real window on a temporary workspace with sample data and renders every screen "
        "and dialog. Fails on warnings of Qt, on exceptions, on log warnings and on clipped texts."
    )
    parser.add_argument(
        "--screenshots", type=Path, metavar="DIR", help=_("keep a PNG of each screen there")
    )
    # "xx" is for tests: every text twice, so that layouts which do not give way show.
    parser.add_argument(
        "--language", choices=("ko", "en", "xx"), default="en", metavar="ko|en", help=_("language")
    )
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help=_("theme"))
    parser.add_argument(
        "--size",
        type=_size,
        default=(1280, 800),
        metavar="WxH",
        help=_("the window's size in pixels; 1280x800 by default"),
    )
    parser.add_argument(
        "--json", metavar="FILE", help=_("write the result as JSON there; - for standard output")
    )


def run(arguments: argparse.Namespace) -> int:
    """Run it; 0 if nothing is wrong, 1 if something is, 3 if the workspace did not start."""
    _draw_offscreen_where_there_is_no_display()
    from desktop_app.app.selftest import run_selftest

    result = run_selftest(
        screenshots=arguments.screenshots,
        language=arguments.language,
        theme=arguments.theme,
        size=arguments.size,
        tell=say,
    )
    if arguments.json:
        _write(arguments.json, json.dumps(result.as_json(), ensure_ascii=False, indent=2))
    if result.unavailable:
        say(_("Nothing was tested: {reason}").format(reason=result.unavailable))
        return exits.UNREACHABLE
    say(
        _("{screens} screens, {findings} findings, {seconds} s").format(
            screens=len(result.screens), findings=result.findings, seconds=round(result.seconds)
        )
    )
    return exits.PASSED if result.passed else exits.GATE_FAILED


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = text.lower().split("x")
        return int(width), int(height)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            _("“{text}” is no size, as 1280x800 is.").format(text=text)
        ) from error


def _draw_offscreen_where_there_is_no_display() -> None:
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not has_display:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _write(target: str, text: str) -> None:
    if target == "-":
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        return
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
