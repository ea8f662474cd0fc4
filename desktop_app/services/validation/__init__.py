"""Validation as people use it: the desk behind wizard and command line, kept runs, reports."""
