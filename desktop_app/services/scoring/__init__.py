"""Entering scores: the local journal, and the way from it to the server."""
