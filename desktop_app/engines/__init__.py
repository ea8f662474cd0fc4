"""Engines: generators of typed events that window, command line and reports consume."""
