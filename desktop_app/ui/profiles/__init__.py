"""Connection profiles: their list and editor, and the connection doctor's view."""
