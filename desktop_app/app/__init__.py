"""Composition root: the one place that builds objects and hands them down."""
