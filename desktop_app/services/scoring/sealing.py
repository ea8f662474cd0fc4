"""What the journal's records are sealed with: AES-256 in GCM, each bound to its place."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64

KEY_BYTES = 32
_FORM = b"\x01"
_NONCE_BYTES = 12
_BLOCK = 32
"""Contents are padded to a multiple of this: their length gives no score away."""


class Unreadable(Exception):
    """A record is damaged, was moved to another place, or is sealed with another key."""


class Seal:
    """Seals and opens texts. What is opened must come from the ``place`` it was sealed for."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(key)

    def close(self, text: str, place: tuple[str, str]) -> bytes:
        """``text``, sealed: nonce, ciphertext and tag. No two results are alike."""
        content = text.encode("utf-8", "surrogatepass") + b"\x80"
        content += b"\0" * (-len(content) % _BLOCK)
        nonce = os.urandom(_NONCE_BYTES)
        return _FORM + nonce + self._cipher.encrypt(nonce, content, _associated(place))

    def open(self, sealed: bytes, place: tuple[str, str]) -> str:
        """The text again; raises ``Unreadable``."""
        from cryptography.exceptions import InvalidTag

        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _FORM or len(nonce) < _NONCE_BYTES:
            raise Unreadable("not a sealed record")
        try:
            content = self._cipher.decrypt(nonce, body, _associated(place))
        except InvalidTag as error:
            raise Unreadable("damaged, moved, or sealed with another key") from error
        return content.rstrip(b"\0")[:-1].decode("utf-8", "surrogatepass")


def new_key() -> bytes:
    """A random key."""
    return os.urandom(KEY_BYTES)


def key_to_text(key: bytes) -> str:
    """A key as the keyring keeps it."""
    return b64encode(key).decode("ascii")


def key_from_text(text: str) -> bytes | None:
    """The key that the keyring kept; None for anything that is no key."""
    try:
        key = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def _associated(place: tuple[str, str]) -> bytes:
    sheet, name = place
    return f"evalconsole journal 1\n{len(sheet)}\n{sheet}{name}".encode("utf-8", "surrogatepass")
