"""Arguments that argparse takes and that nevertheless cannot be meant."""

from __future__ import annotations

from desktop_app.core.errors import ConsoleError


class WrongUsage(ConsoleError):
    """The arguments cannot be meant like this. Params: ``reason``."""

    what = "{reason}"
