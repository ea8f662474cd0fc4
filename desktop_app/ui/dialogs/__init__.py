"""Dialogs: each opens with a signal or a callback, none blocks."""
