"""What master and workers say to each other, sealed with the join code.

Locust's protocol is in clear and knows no one: whoever reaches the port can speak. Sealed (AES-256
in GCM, the key derived from the code by HKDF, bound to one worker's name and to the direction),
what is ours stays unread, and nothing of another's is taken for it.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from desktop_app.core.load.distribution import plain_code

TO_WORKER, FROM_WORKER = b"to worker ", b"from worker "
_NONCE = 12


class NotSealed(ValueError):
    """It was not sealed with this code, for this worker, in this direction."""


class Seal:
    """Seals for one direction of the talk with one worker."""

    def __init__(self, code: str, direction: bytes, worker: str) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"evalconsole load workers")
        self._cipher = AESGCM(derive.derive(plain_code(code).encode()))
        self._bound = direction + worker.encode()

    def seal(self, message: bytes) -> bytes:
        """The message, to be sent."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, message, self._bound)

    def opened(self, sealed: bytes) -> bytes:
        """The message as it was; raises ``NotSealed``."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound)
        except (InvalidTag, ValueError) as error:
            raise NotSealed from error
