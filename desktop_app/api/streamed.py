"""One answer of the server whose body is read piece by piece: large, and never held as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from desktop_app.api import failures

if TYPE_CHECKING:
    import httpx


class StreamedAnswer:
    """Status and headers (lower-case names) of an answer that succeeded; its body is to come."""

    def __init__(self, response: httpx.Response, address: str) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = {
            key.lower(): value for key, value in response.headers.items()
        }
        self._response = response
        self._address = address

    def pieces(self) -> Iterator[bytes]:
        """The body in order; raises ``Unreachable`` when the connection is cut."""
        import httpx

        try:
            yield from self._response.iter_bytes()
        except httpx.HTTPError as error:
            raise failures.unreachable(error, self._address) from error

    def close(self) -> None:
        """Give the connection back, or up when the body was not read to its end."""
        self._response.close()
