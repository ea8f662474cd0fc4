"""What a person can set, declared once; and the window's own memory of how it looked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.config.json_file import JsonFile
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.paging import PAGE_SIZES


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: ``label`` and the second part of each choice are message ids.

    ``choices`` empty: any value of ``type``. ``shown`` False: the program's own memory, on no
    settings page.
    """

    key: str
    type: type
    default: Any
    label: str
    choices: tuple[tuple[Any, str], ...] = ()
    shown: bool = True

    def allows(self, value: object) -> bool:
        """Whether ``value`` may be this setting's."""
        if type(value) is not self.type:
            return False
        if self.type is dict:
            return all(isinstance(part, str) for pair in value.items() for part in pair)  # type: ignore[attr-defined]
        return not self.choices or value in [choice for choice, _ in self.choices]


DECLARED: tuple[Setting, ...] = (
    Setting(
        key="language",
        type=str,
        default="system",
        label=N_("Language"),
        choices=(("system", N_("As the system")), ("ko", "한국어"), ("en", "English")),
    ),
    Setting(
        key="theme",
        type=str,
        default="system",
        label=N_("Theme"),
        choices=(("system", N_("As the system")), ("light", N_("Light")), ("dark", N_("Dark"))),
    ),
    Setting(
        key="page_size",
        type=int,
        default=50,
        label=N_("Rows per page"),
        choices=tuple((size, str(size)) for size in PAGE_SIZES),
    ),
    Setting(key="time_zone", type=str, default="system", label=N_("Time zone")),
    Setting(key="last_profile", type=str, default="local", label="", shown=False),
    Setting(key="last_login_by_profile", type=dict, default={}, label="", shown=False),
)

SETTINGS: Mapping[str, Setting] = {setting.key: setting for setting in DECLARED}

Listener = Callable[[str, Any], object]


class Settings:
    """The settings of one user, kept in ``settings.json``.

    Callable from any thread; listeners are called on the thread that sets. ``notice`` tells of a
    damaged or unreadable file at the start, for the window to show.
    """

    def __init__(self, folder: Path) -> None:
        self._file = JsonFile(folder / "settings.json")
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        loaded = self._file.load()
        if loaded is not None and not isinstance(loaded, dict):
            self._file.set_aside()
            loaded = None
        # What a newer version wrote stays in the file, unread.
        self._values: dict[str, Any] = dict(loaded or {})
        self.notice: LocalFailure | None = self._file.notice

    def get(self, key: str) -> Any:
        """The value of a declared setting; its default where none or a senseless one is kept."""
        setting = SETTINGS[key]
        with self._lock:
            value = self._values.get(key, setting.default)
        value = value if setting.allows(value) else setting.default
        return dict(value) if setting.type is dict else value

    def set(self, key: str, value: Any) -> None:
        """Set, tell the listeners, and keep.

        Raises ``ValueError`` for a value that the declaration does not allow, and
        ``LocalFailure`` when the file cannot be written; the value then holds for this run.
        """
        if not SETTINGS[key].allows(value):
            raise ValueError(f"{key} cannot be {value!r}")
        with self._lock:
            if self.get(key) == value:
                return
            self._values[key] = dict(value) if isinstance(value, dict) else value
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(key, value)
        with self._lock:
            self._file.save(self._values)

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Call ``callback(key, value)`` after each change; the result ends that."""
        with self._lock:
            self._listeners.append(callback)

        def unsubscribe() -> None:
            with self._lock:
                if callback in self._listeners:
                    self._listeners.remove(callback)

        return unsubscribe


class UiState:
    """How the window looked: geometry, columns, widths; any JSON value by key.

    Kept apart from the settings, in ``ui_state.json``: losing it costs nothing but habits, so a
    damaged file gives no notice.
    """

    def __init__(self, folder: Path) -> None:
        self._file = JsonFile(folder / "ui_state.json", durable=False)
        self._lock = threading.Lock()
        loaded = self._file.load()
        self._values: dict[str, Any] = loaded if isinstance(loaded, dict) else {}

    def get(self, key: str) -> Any:
        """The value kept under ``key``, or None."""
        with self._lock:
            return self._values.get(key)

    def set(self, key: str, value: Any) -> None:
        """Keep ``value`` (None: forget it). Raises ``LocalFailure`` when it cannot be written."""
        with self._lock:
            if self._values.get(key) == value:
                return
            if value is None:
                self._values.pop(key, None)
            else:
                self._values[key] = value
            self._file.save(self._values)
