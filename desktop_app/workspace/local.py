"""The local workspace as the rest of the program sees it: started, waited for, stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from desktop_app.core.errors import ConsoleError, LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.tasks import Progress
from desktop_app.workspace.events import State, WorkspaceEvent, WorkspaceInfo
from desktop_app.workspace.faults import ServerFailed, from_os_error
from desktop_app.workspace.places import Places
from desktop_app.workspace.pulse import Patience


class LocalWorkspace:
    """Runs the workspace of a data folder, or joins the program that runs it already.

    ``on_event`` is called on the workspace's own thread, in order.
    """

    def __init__(
        self,
        data_folder: Path,
        *,
        on_event: Callable[[WorkspaceEvent], None],
        api_port: int | None = None,
        mongod: Path | None = None,
        patience: Patience | None = None,
    ) -> None:
        """``api_port`` is insisted on; ``mongod`` names the program to use (else it is found)."""
        self._places = Places(data_folder.absolute())
        self._on_event = on_event
        self._api_port = api_port
        self._mongod = mongod
        self._patience = patience or Patience()
        self._stopping = threading.Event()
        self._settled = threading.Condition()
        self._last: WorkspaceEvent | None = None
        self._thread: threading.Thread | None = None  # noqa: TID251  the one exception
        self._warning = ""

    def start(self) -> None:
        """Begin, and return at once; begins anew after a failure or a stop."""
        if self._thread is not None and self._thread.is_alive():
            if self._last is None or self._last.state not in {"failed", "stopped"}:
                return
            self._thread.join()  # it has said its last word
        self._stopping.clear()
        self._last = None
        # A daemon: if the program ends without a stop, the servers end with it all the same.
        self._thread = threading.Thread(  # noqa: TID251
            target=self._run, name="workspace", daemon=True
        )
        self._thread.start()

    def wait_ready(self, timeout: float = 60.0) -> WorkspaceInfo:
        """Wait until it can be used. Raises what it failed with, or ``LocalFailure`` in time."""

        def settled() -> bool:
            return self._last is not None and self._last.state in {"ready", "failed", "stopped"}

        with self._settled:
            self._settled.wait_for(settled, timeout)
            last = self._last
        if last is not None and last.info is not None:
            return last.info
        if last is not None and last.error is not None and last.state == "failed":
            raise last.error
        raise LocalFailure(
            what=N_("The local workspace did not get ready within {seconds} seconds."),
            advice=N_("Start it again; its logs in {folder} say more."),
            seconds=round(timeout),
            folder=self._places.root,
        )

    def stop(self) -> None:
        """Stop what this program started and return when it has ended (about a second).

        A workspace that was joined goes on running.
        """
        self._stopping.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        # Not before: what it imports would keep a window from opening.
        from desktop_app.workspace.supervisor import Supervisor

        supervisor = Supervisor(
            self._places,
            self._tell,
            self._stopping,
            api_port=self._api_port,
            mongod=self._mongod,
            patience=self._patience,
        )
        try:
            supervisor.run()
        except ConsoleError as error:
            self._fail(error)
        except OSError as error:
            self._fail(from_os_error(error, self._places.root))
        except BaseException as error:
            # The thread ends here: without this a person would wait for a state that never comes.
            self._fail(
                LocalFailure(
                    what=N_("The local workspace failed: {reason}"),
                    advice=N_("Start it again; if it fails again, report what it says."),
                    reason=f"{type(error).__name__}: {error}",
                )
            )
            raise
        else:
            self._tell("stopped", N_("The local workspace has stopped."))

    def _fail(self, error: ConsoleError) -> None:
        self._tell("failed", error=error)

    def _tell(
        self,
        state: State,
        message: str = "",
        *,
        progress: Progress | None = None,
        info: WorkspaceInfo | None = None,
        error: ConsoleError | None = None,
        warning: str | None = None,
    ) -> None:
        if warning is not None:
            self._warning = warning
        event = WorkspaceEvent(
            state=state,
            message=message,
            progress=progress,
            info=info,
            error=error,
            log_tail=error.log_tail if isinstance(error, ServerFailed) else "",
            warning=self._warning,
        )
        with self._settled:
            self._last = event
            self._settled.notify_all()
        self._on_event(event)
