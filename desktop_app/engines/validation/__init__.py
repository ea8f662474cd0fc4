"""Validation of an API server that claims contract v1: suites, probes, and the run of them."""
