"""Exit codes: what scripts and checks go by."""

PASSED = 0
GATE_FAILED = 1
WRONG_USAGE = 2
UNREACHABLE = 3
"""The target could not be reached, started or measured."""

INTERRUPTED = 130
"""Stopped by Ctrl+C (128 + SIGINT)."""
