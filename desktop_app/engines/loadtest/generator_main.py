"""A generator's process: its event loop, and the pipes to the coordinator."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from desktop_app.engines.loadtest.generator import Generator
from desktop_app.engines.loadtest.messages import (
    FRAME,
    Assignment,
    FromGenerator,
    ToGenerator,
    frame,
    to_generator,
)
from desktop_app.engines.loadtest.pacing import sharpen


def run() -> int:
    """Do what the coordinator says until it ends this process. Returns the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator decides about Ctrl+C
    messages = _messages(sys.stdin.fileno())
    # What anything else prints must not get between the messages.
    out = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    first = next(messages, None)
    if not isinstance(first, Assignment):
        return 0  # the coordinator ended before it had a use for this process
    _allow_many_sockets()
    loop, name = new_loop()
    undo = sharpen(loop)
    with ThreadPoolExecutor(1, "teller") as teller:
        generator = Generator(first, loop, name, lambda message: teller.submit(_tell, out, message))
        # A daemon thread: it waits for input that may never come while the process may end.
        listening = threading.Thread(  # noqa: TID251
            target=_listen, args=(messages, loop, generator), name="coordinator", daemon=True
        )
        listening.start()
        try:
            loop.run_until_complete(generator.main())
        finally:
            undo()
            loop.close()
    return 0


def _allow_many_sockets() -> None:
    """Have as many files open as the system lets this process: each user is one."""
    if sys.platform != "win32":
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):  # macOS has a lower bound of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def new_loop() -> tuple[asyncio.AbstractEventLoop, str]:
    """The fastest event loop that is installed, and its name."""
    name = "winloop" if sys.platform == "win32" else "uvloop"
    if os.environ.get("EVALCONSOLE_LOOP", name) == name:
        try:
            loop: asyncio.AbstractEventLoop = importlib.import_module(name).new_event_loop()
        except ImportError:
            pass
        else:
            return loop, name
    return asyncio.new_event_loop(), "asyncio"


def _messages(descriptor: int) -> Iterator[ToGenerator]:
    """The coordinator's messages, until it closes the pipe or is gone.

    Read without Python's buffered reader: a thread that waits inside that at the end of the
    process makes the interpreter abort.
    """
    rest = bytearray()  # a table of a million rows comes in thousands of pieces
    while chunk := os.read(descriptor, 1 << 16):
        rest += chunk
        while len(rest) >= FRAME.size:
            end = FRAME.size + FRAME.unpack_from(rest)[0]
            if len(rest) < end:
                break
            yield to_generator(bytes(rest[FRAME.size : end]))
            del rest[:end]


def _listen(
    messages: Iterator[ToGenerator], loop: asyncio.AbstractEventLoop, generator: Generator
) -> None:
    for message in messages:
        loop.call_soon_threadsafe(generator.hear, message)
    os._exit(1)  # the coordinator is gone: nobody wants this load any more


def _tell(descriptor: int, message: FromGenerator) -> None:
    rest = memoryview(frame(message))
    while rest:
        rest = rest[os.write(descriptor, rest) :]
