"""The proof of honesty: a sound server made unsound in one named way, and what must notice it."""
