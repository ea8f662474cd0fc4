"""Sizes of files in words: decimal units, as storage is sold and limits are set."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB")


def byte_size(count: float) -> str:
    """``count`` bytes to read at a glance: 512 B, 4.2 MB, 1,000 MB."""
    size, unit = float(count), _UNITS[0]
    for unit in _UNITS:
        if size < 999.5 or unit == _UNITS[-1]:
            break
        size /= 1000
    digits = 0 if unit == "B" or size >= 99.95 else 1
    return f"{size:,.{digits}f} {unit}"
