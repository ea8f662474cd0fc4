"""Who evaluates whom in a project: the matrix, its dialogs, and what can be done with sheets."""
