"""What the built program leaves out of the packages that its requirements bring along."""

from __future__ import annotations

LEFT_OUT = (
    # tools of development and set-up
    "IPython",
    "_pytest",
    "babel",
    "mypy",
    "pip",
    "pytest",
    "setuptools",
    # other windows and drawings than Qt's and pyqtgraph's
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtTest",
    "matplotlib",
    "pyqtgraph.examples",
    "pyqtgraph.jupyter",
    "pyqtgraph.opengl",
    "tkinter",
    # parts of libraries that nothing here uses
    "graphql",
    "numpy.f2py",
    "numpy.testing",
    "rich",
    "scipy",
)
"""Modules that the program must be able to do without."""
