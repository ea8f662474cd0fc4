"""Export of a list to a file."""
