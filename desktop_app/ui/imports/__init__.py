"""Bulk import: the dialog's four steps, their models, and the list of past batches."""
