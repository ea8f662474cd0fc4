"""The one class of users that master and workers tell Locust of.

To be imported only in a master's or a worker's process: importing Locust replaces the standard
library's sockets, locks and threads by gevent's.
"""

from __future__ import annotations

import locust


class ScenarioUser(locust.User):  # type: ignore[misc]
    """A virtual user of the plan's scenario; the worker's generator tells it what to do."""

    wait_time = locust.constant(0)

    @locust.task  # type: ignore[untyped-decorator]
    def serve(self) -> None:
        """Connect when there is a request to be sent, read what is answered; does not return."""
        self.environment.generator.serve()
