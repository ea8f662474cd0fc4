"""Entering scores: the sheet as a form, its fields, and what goes on around it."""
