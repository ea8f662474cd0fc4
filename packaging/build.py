"""Build the program's folder for this platform under ``dist/``, then try the built program out."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

from built_program import BuiltProgram, TrialFailed
from icon import write_icon
from messages import compile_all
from PySide6.QtGui import QGuiApplication
from trial import TRIALS
from version_info import version_info

from desktop_app import __version__

ROOT = Path(__file__).resolve().parent.parent
PREPARED = ROOT / "build" / "package"
FOLDER = ROOT / "dist" / "EvaluationConsole"
PROGRAMS = {
    "EvaluationConsole": "Evaluation Console",
    "evalconsole": "Evaluation Console, command line",
}


def prepare() -> None:
    """Make what the recipe takes in: compiled catalogues, the icon, version resources."""
    PREPARED.mkdir(parents=True, exist_ok=True)
    compile_all()
    application = QGuiApplication.instance() or QGuiApplication([])
    write_icon(ROOT / "resources" / "icons" / "app.svg", PREPARED / "evalconsole.ico")
    del application
    for program, description in PROGRAMS.items():
        text = version_info(__version__, program, description)
        (PREPARED / f"{program}.version").write_text(text, encoding="utf-8")


def build() -> None:
    """Run PyInstaller; the folder of an earlier build is replaced."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    command += ["--distpath", str(FOLDER.parent), "--workpath", str(ROOT / "build" / "pyinstaller")]
    subprocess.run([*command, str(ROOT / "packaging" / "evalconsole.spec")], check=True, cwd=ROOT)


def size_report() -> str:
    """The folder's size and its largest parts, in MB of 10^6 bytes."""
    files = [path for path in FOLDER.rglob("*") if path.is_file() and not path.is_symlink()]
    parts: dict[str, int] = {}
    for path in files:
        inside = path.relative_to(FOLDER).parts
        name = "/".join(inside[1:3]) if len(inside) > 2 else inside[-1]
        parts[name] = parts.get(name, 0) + path.stat().st_size
    largest = sorted(parts.items(), key=lambda part: -part[1])[:10]
    total = f"{sum(parts.values()) / 1e6:.0f} MB in {len(files)} files; largest parts:"
    return "\n".join([total, *(f"  {size / 1e6:6.1f} MB  {name}" for name, size in largest)])


def say(text: str) -> None:
    """One line of progress."""
    sys.stderr.write(f"package: {text}\n")
    sys.stderr.flush()


def main(argv: list[str]) -> int:
    """Build and try out; 0 when the built program passed its trial."""
    parser = argparse.ArgumentParser(prog="dev.py package", description=__doc__)
    parser.add_argument("--no-build", action="store_true", help="only try out what is built")
    options = parser.parse_args(argv)
    started = time.monotonic()
    if not options.no_build:
        say("preparing resources")
        prepare()
        say("running PyInstaller")
        build()
        say(f"built {FOLDER.relative_to(ROOT)} after {time.monotonic() - started:.0f} s")
    say(size_report())
    program = BuiltProgram(FOLDER)
    failed = []
    for name, trial in TRIALS.items():
        say(f"trying out: {name}")
        try:
            said = trial(program)
        except TrialFailed as failure:
            failed.append(name)
            said = f"failed: {failure}"
        say(f"  {said}")
    say(f"done after {time.monotonic() - started:.0f} s; {len(failed)} of {len(TRIALS)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
