"""Validation of an API: suites of checks, what they found, how two runs compare. Pure."""
