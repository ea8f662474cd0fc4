#!/usr/bin/env python3
"""The one door for developers: set up what is missing, then run, test, check or package.

Needs Python 3.11 or newer and nothing else. Each command first makes sure that the virtual
environment ``.venv`` holds what the hash-pinned lists under ``requirements`` say; a stamp in it
makes the second run quick.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

OLDEST_PYTHON = (3, 11)
WINDOWS = sys.platform == "win32"
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
CORE_VENV = ROOT / "build" / "core-venv"
REQUIREMENTS = ROOT / "requirements"
CATALOGUES = ROOT / "resources" / "locale"
STAMP = "evalconsole-set-up.json"
UNFINISHED = "evalconsole-set-up-unfinished"

sys.path.insert(0, str(ROOT / "packaging"))


class Stopped(Exception):
    """The job cannot go on; the text says why and what to do."""


def say(text: str) -> None:
    """One line to the person at the terminal, apart from the job's own output."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)  # noqa: T201


# -- the system --------------------------------------------------------------------------------


def ensure_system(*, window: bool, packager: bool = False) -> None:
    """Install missing Debian packages as root; otherwise say which they are."""
    from linux_packages import library_of, missing_packages

    packages = missing_packages(window=window, packager=packager)
    if not packages:
        return
    command = f"apt-get install {' '.join(packages)}"
    if shutil.which("apt-get") and os.geteuid() == 0:
        say(f"installing system packages: {' '.join(packages)}")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        options = ("-y", "-qq", "--no-install-recommends")
        _call("apt-get", "update", "-qq", env=quiet)
        _call("apt-get", "install", *options, *packages, env=quiet, out=sys.stderr)
        return
    if set(packages) <= {"fonts-noto-cjk"}:
        say(f"there is no Korean font; on Debian or Ubuntu: sudo {command}")
        return
    raise Stopped(
        "this Linux system lacks what the job needs.\n"
        f"  Debian, Ubuntu: sudo {command}\n"
        f"  Elsewhere, install what holds: {', '.join(map(library_of, packages))}"
    )


# -- the virtual environment -------------------------------------------------------------------


@dataclass(frozen=True)
class Level:
    """How much a job needs: requirement lists, in the order in which they are installed."""

    name: str
    lists: tuple[str, ...]
    project: bool = True

    def digest(self) -> str:
        """What the stamp remembers: the lists, the project's own metadata, Python's version."""
        state = hashlib.sha256(repr(sys.version_info[:2]).encode())
        for name in self.lists:
            state.update((REQUIREMENTS / name).read_bytes())
        if self.project:
            state.update(_project_metadata())
        return state.hexdigest()


def _project_metadata() -> bytes:
    """What installing the project depends on, apart from the settings of tools."""
    import tomllib  # not at the top: older Pythons must get as far as being told that they are

    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return json.dumps([tables["build-system"], tables["project"]]).encode()


RUN = Level("run", ("run.txt",))
DEV = Level("dev", ("dev.txt", "distributed.txt"))
CORE = Level("core", ("core.txt",), project=False)


def python_of(venv: Path) -> Path:
    """The interpreter inside a virtual environment."""
    return venv / ("Scripts/python.exe" if WINDOWS else "bin/python")


def ensure_venv(venv: Path, level: Level) -> Path:
    """Bring ``venv`` to ``level`` if its stamp says that it is not; returns its interpreter."""
    if level.digest() not in _stamps(venv).values():
        with _one_at_a_time():
            if level.digest() not in _stamps(venv).values():
                _set_up(venv, level)
    return python_of(venv)


def _stamps(venv: Path) -> dict[str, str]:
    if (venv / UNFINISHED).exists() or not python_of(venv).exists():
        return {}
    try:
        stamps = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def _set_up(venv: Path, level: Level) -> None:
    started = time.monotonic()
    shown = venv.relative_to(ROOT)
    if (venv / UNFINISHED).exists():
        say(f"the last set-up of {shown} did not finish; starting it afresh")
        _remove(venv)
    elif venv.exists() and not _same_python(venv):
        say(f"{shown} was made by another Python; making it anew")
        _remove(venv)
    if not python_of(venv).exists():
        say(f"creating {shown} with Python {sys.version.split()[0]}")
        venv.mkdir(parents=True, exist_ok=True)
        (venv / UNFINISHED).touch()
        _call(sys.executable, "-m", "venv", venv)
    (venv / UNFINISHED).touch()
    for name in level.lists:
        say(f"installing requirements/{name} (hash-checked; the first time takes minutes)")
        _pip(venv, "--require-hashes", "--only-binary", ":all:", "-r", REQUIREMENTS / name)
    if level.project:
        say("installing the evalconsole command")
        _pip(venv, "--no-deps", "--no-build-isolation", "--editable", ROOT)
    # A larger set-up may hold a smaller one, never the other way round after a change of lists.
    kept = [RUN, DEV] if level is DEV else [level]
    stamps = {each.name: each.digest() for each in kept}
    (venv / STAMP).write_text(json.dumps(stamps), encoding="utf-8")
    (venv / UNFINISHED).unlink()
    say(f"{shown} is ready after {time.monotonic() - started:.0f} s")


def _same_python(venv: Path) -> bool:
    try:
        text = (venv / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return False
    values = dict(line.partition("=")[::2] for line in text.splitlines())
    made_by = values.get("version ", values.get("version", "")).strip()
    return made_by.split(".")[:2] == [str(part) for part in sys.version_info[:2]]


def _remove(venv: Path) -> None:
    try:
        shutil.rmtree(venv)
    except OSError as error:
        raise Stopped(
            f"{venv.name} cannot be removed ({error}).\n"
            "  Close the console and every program that uses it, then try again."
        ) from error


def _pip(venv: Path, *arguments: str | Path) -> None:
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
    quiet = () if sys.stderr.isatty() else ("--quiet",)
    python = python_of(venv)
    _call(python, "-I", "-m", "pip", "install", *quiet, *arguments, env=env, out=sys.stderr)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold a lock that the system takes back when this process ends, however it ends."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "set-up.lock").open("a+b") as lock:
        if sys.platform == "win32":
            import msvcrt

            while True:  # LK_LOCK gives up after ten seconds; a set-up takes longer
                with contextlib.suppress(OSError):
                    msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_catalogues(python: Path) -> None:
    """Compile message catalogues that are newer than their compiled form."""
    for source in CATALOGUES.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            say("compiling the message catalogues")
            _call(python, ROOT / "packaging" / "messages.py", "compile")
            return


# -- jobs --------------------------------------------------------------------------------------


def _call(*command: str | Path, env: dict[str, str] | None = None, out: object = None) -> None:
    code = _run(*command, env=env, out=out)
    if code:
        raise Stopped(f"this failed (exit code {code}): {' '.join(map(str, command))}")


def _run(*command: str | Path, env: dict[str, str] | None = None, out: object = None) -> int:
    """Run a job in the project's folder and wait for it, through Ctrl+C too; its exit code."""
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=env,
        stdout=out,  # type: ignore[call-overload]
    )
    while True:
        try:
            code: int = process.wait()
        except KeyboardInterrupt:
            continue  # the job has had it as well, and ends in its own way
        return code if code >= 0 else 128 - code


def _job(level: Level, *, window: bool = False, packager: bool = False) -> Path:
    ensure_system(window=window, packager=packager)
    python = ensure_venv(VENV, level)
    ensure_catalogues(python)
    return python


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _offscreen_where_needed() -> dict[str, str]:
    return {**os.environ} if _has_display() else {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def run(arguments: Sequence[str]) -> int:
    """Start the console; arguments are passed on to it."""
    if not _has_display() and "QT_QPA_PLATFORM" not in os.environ:
        raise Stopped("there is no display here; start it on a desktop, or see `dev.py selftest`.")
    return _run(_job(RUN, window=True), "-m", "desktop_app", *arguments)


def test(arguments: Sequence[str]) -> int:
    """Run the tests; arguments are pytest's."""
    return _run(_job(DEV), "-m", "pytest", *_side_by_side(arguments), *arguments)


def _side_by_side(arguments: Sequence[str]) -> list[str]:
    """The whole suite in processes beside each other (much of it waits); chosen tests in one."""
    if any((ROOT / argument.partition("::")[0]).exists() for argument in arguments):
        return []
    return ["-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal"]


def test_core(arguments: Sequence[str]) -> int:
    """Run the core's and the engines' tests where neither Qt nor the libraries are installed."""
    ensure_system(window=False)
    python = ensure_venv(CORE_VENV, CORE)
    folders = [f"tests/{name}" for name in ("core", "engines") if (ROOT / "tests" / name).is_dir()]
    return _run(python, "-m", "pytest", *folders, *arguments)


def check(arguments: Sequence[str]) -> int:
    """Check format, lint, types, import contracts and the message catalogues."""
    python = _job(DEV)
    tools: dict[str, tuple[str | Path, ...]] = {
        "format": (python, "-m", "ruff", "format", "--check", "."),
        "lint": (python, "-m", "ruff", "check", "."),
        "types": (python, "-m", "mypy"),
        "imports": (python.with_name("lint-imports" + (".exe" if WINDOWS else "")),),
        "messages": (python, ROOT / "packaging" / "messages.py", "check"),
    }
    unknown = set(arguments) - set(tools)
    if unknown:
        raise Stopped(f"no such check: {', '.join(unknown)} (there are: {', '.join(tools)})")
    failed = []
    for name in arguments or tools:
        say(f"checking {name}")
        if _run(*tools[name]):
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def bench(arguments: Sequence[str]) -> int:
    """Measure start, event loop, paging, memory; --quick, --json FILE."""
    return _run(_job(DEV), "-m", "tests.bench", *arguments, env=_offscreen_where_needed())


def honesty(arguments: Sequence[str]) -> int:
    """Try every defect on every validation check (an hour; names with * choose some)."""
    return _run(_job(DEV), "-m", "tests.defects", "matrix", *arguments)


def package(arguments: Sequence[str]) -> int:
    """Build the program's folder for this platform under dist/ and try it out."""
    python = _job(DEV, packager=True)
    return _run(python, ROOT / "packaging" / "build.py", *arguments, env=_offscreen_where_needed())


def messages(arguments: Sequence[str]) -> int:
    """Update the message catalogues from the sources (update), or compile or check them."""
    return _run(_job(DEV), ROOT / "packaging" / "messages.py", *(arguments or ["update"]))


def selftest(arguments: Sequence[str]) -> int:
    """Open every screen on sample data; see `evalconsole selftest --help`."""
    python = _job(RUN)
    module = ("-m", "desktop_app.cli", "selftest")
    return _run(python, *module, *arguments, env=_offscreen_where_needed())


def lock(arguments: Sequence[str]) -> int:
    """Pin pyproject.toml's requirements anew, with hashes; --upgrade takes newer versions."""
    with tempfile.TemporaryDirectory(prefix="evalconsole-lock-") as folder:
        venv = Path(folder)
        _call(sys.executable, "-m", "venv", venv)
        _pip(venv, "uv")
        uv = python_of(venv).with_name("uv.exe" if WINDOWS else "uv")
        pins = ("run.txt", ("pyproject.toml", "--group", "setup"), ())
        dev = ("dev.txt", ("pyproject.toml", "--group", "dev"), ("run.txt",))
        extra = ("pyproject.toml", "--extra", "distributed")
        distributed = ("distributed.txt", extra, ("dev.txt",))
        core = ("core.txt", ("--group", "core"), ("dev.txt",))
        for name, sources, constraints in (pins, dev, distributed, core):
            say(f"pinning requirements/{name}")
            options = ["--universal", "--generate-hashes", "--no-emit-index-url", "--no-header"]
            options += ["--python-version", ".".join(map(str, OLDEST_PYTHON)), "--quiet"]
            for constraint in constraints:
                options += ["--constraint", f"requirements/{constraint}"]
            target = f"requirements/{name}"
            _call(uv, "pip", "compile", *sources, *options, *arguments, "--output-file", target)
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "test": test,
    "test-core": test_core,
    "check": check,
    "bench": bench,
    "honesty": honesty,
    "selftest": selftest,
    "package": package,
    "messages": messages,
    "lock": lock,
}


def main(argv: Sequence[str]) -> int:
    """Set up what the command needs, then do it; returns the exit code."""
    if sys.version_info < OLDEST_PYTHON:
        wanted, found = ".".join(map(str, OLDEST_PYTHON)), sys.version.split()[0]
        say(f"this needs Python {wanted} or newer; {sys.executable} is {found}.")
        return 2
    lines = [f"  {name:<10} {(job.__doc__ or '').strip()}" for name, job in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description=f"{(__doc__ or '').splitlines()[0]}\n\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to the command")
    chosen = parser.parse_args(argv)
    try:
        return COMMANDS[chosen.command](chosen.arguments)
    except Stopped as stopped:
        say(str(stopped))
        return 2
    except KeyboardInterrupt:
        say("interrupted; the next run goes on from here")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
