"""Child processes that do not outlive the one that started them.

Linux: the kernel kills the child when the *thread* that spawned it ends (``PR_SET_PDEATHSIG``),
so whoever spawns must be a thread that lives as long as the child should. Windows: every child is
put into one job object that the system closes, killing them, when this process ends in whatever
way. macOS has neither: there the API server notices the end of its input and stops the database.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

import psutil

_PR_SET_PDEATHSIG = 1
_CHECKED = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"'
"""Shell script: become the program, unless the parent died before the kernel was asked."""

_SAME = 0.5
"""How much two readings of one process's creation may differ: by rounding only."""


def spawn(
    arguments: Sequence[str | Path],
    *,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.DEVNULL,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program that ends with this thread (Linux) or this process (Windows).

    It gets no console window and is left out of the terminal's Ctrl+C: whoever supervises it
    stops it in order. Raises ``OSError`` when the program cannot be started.
    """
    options: dict[str, Any] = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
    options.update(cwd=cwd, env=outside_environment() if env is None else env)
    command = [str(argument) for argument in arguments]
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        process = subprocess.Popen(command, creationflags=flags, **options)
        _put_into_job(process)
    else:
        if sys.platform == "linux":
            setpriv = _setpriv()
            if setpriv is not None:
                before = [setpriv, "--pdeathsig", "KILL", "--", "/bin/sh", "-c", _CHECKED]
                command = [*before, "sh", str(os.getpid()), *command]
            else:
                options["preexec_fn"] = _die_with_parent()
        process = subprocess.Popen(command, start_new_session=True, **options)
    return process


def outside_environment() -> dict[str, str]:
    """The environment for programs that are not ours.

    A built program points the loader at its own libraries; others must not get those.
    """
    environment = dict(os.environ)
    if getattr(sys, "frozen", False):
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
            before = environment.pop(f"{name}_ORIG", None)
            environment.pop(name, None)
            if before:
                environment[name] = before
    return environment


def same_process(pid: int, created: float) -> psutil.Process | None:
    """The process ``pid`` if it is alive and the very one that ``created_at`` was asked about."""
    if created <= 0 or abs(created_at(pid) - created) > _SAME:
        return None
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except psutil.Error:
        return None


def created_at(pid: int) -> float:
    """What tells process ``pid`` from others that had or will have its number; 0 if it is gone.

    The time when it was created: in seconds since 1970, on Linux in clock ticks since the system
    was started, because there the former moves when the clock is set.
    """
    try:
        if sys.platform == "linux":
            status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            created = float(status.rpartition(")")[2].split()[19])  # proc(5): field 22
        else:
            created = psutil.Process(pid).create_time()
    except (OSError, psutil.Error):
        return 0.0
    return created


@cache
def _setpriv() -> str | None:
    """util-linux's setpriv, if it knows ``--pdeathsig``: no Python code runs after the fork."""
    found = shutil.which("setpriv")
    if found is None:
        return None
    tried = subprocess.run(
        [found, "--pdeathsig", "KILL", "--", "true"],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return found if tried.returncode == 0 else None


if sys.platform != "win32":

    def _die_with_parent() -> Any:
        """What to call between fork and exec where there is no setpriv; loaded before the fork."""
        prctl = ctypes.PyDLL(None).prctl
        parent = os.getpid()

        def ask() -> None:
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # the parent died before the kernel was asked
                os.kill(os.getpid(), signal.SIGKILL)

        return ask

else:
    import win32api
    import win32con
    import win32job

    @cache
    def _job() -> Any:
        """The job object of this process; the system closes it, and ends what is in it."""
        create: Any = win32job.CreateJobObject  # its stub knows of no return value
        job = create(None, "")
        limits = win32job.QueryInformationJobObject(job, win32job.JobObjectExtendedLimitInformation)
        limits["BasicLimitInformation"]["LimitFlags"] |= win32job.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
        win32job.SetInformationJobObject(job, win32job.JobObjectExtendedLimitInformation, limits)
        return job

    def _put_into_job(process: subprocess.Popen[bytes]) -> None:
        rights = win32con.PROCESS_SET_QUOTA | win32con.PROCESS_TERMINATE
        handle = win32api.OpenProcess(rights, False, process.pid)
        try:
            win32job.AssignProcessToJobObject(_job(), handle)
        finally:
            win32api.CloseHandle(handle)
