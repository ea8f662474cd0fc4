"""What a bare Debian system lacks for running, testing and building the console."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import sys
import sysconfig
from pathlib import Path

# What PySide6 and the bundled mongod load from a Linux system: shared library -> Debian package.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libcurl.so.4": "libcurl4",
}
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
KOREAN_FONTS = ("NotoSansCJK*", "NotoSansKR*", "NanumGothic*", "NanumBarunGothic*", "UnDotum*")


def missing_packages(*, window: bool, packager: bool = False) -> list[str]:
    """Debian packages that this Linux system lacks for the job; empty elsewhere."""
    if not sys.platform.startswith("linux"):
        return []
    libraries = LIBRARIES | (WINDOW_LIBRARIES if window else {})
    packages = [package for name, package in libraries.items() if not _loads(name)]
    if not _has_korean_font():
        packages.append("fonts-noto-cjk")
    if not importlib.util.find_spec("ensurepip"):
        packages.append("python3-venv")
    if packager:
        packages += _missing_for_packager()
    return packages


def _missing_for_packager() -> list[str]:
    """What PyInstaller takes from the system: objcopy, and Python's shared library."""
    packages = [] if shutil.which("objcopy") else ["binutils"]
    shared = sysconfig.get_config_var("INSTSONAME") or ""
    inside = Path(sysconfig.get_config_var("LIBDIR") or "") / shared
    if sysconfig.get_config_var("Py_ENABLE_SHARED") and not (inside.is_file() or _loads(shared)):
        packages.append("libpython{}.{}".format(*sys.version_info))
    return packages


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_korean_font() -> bool:
    share = [Path(folder) for folder in ("/usr/share/fonts", "/usr/local/share/fonts")]
    home = [Path.home() / ".fonts", Path.home() / ".local/share/fonts"]
    return any(any(folder.rglob(name)) for folder in share + home for name in KOREAN_FONTS)


def library_of(package: str) -> str:
    """The shared library for which a package is named; the package itself if it has none."""
    names = {p: name for name, p in (LIBRARIES | WINDOW_LIBRARIES).items()}
    return names.get(package, package)
