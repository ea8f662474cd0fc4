"""Migrations as window, command line and reports use them: connecting, words, reports."""
