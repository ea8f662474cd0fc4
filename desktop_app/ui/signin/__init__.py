"""Getting in: sign-in page, first password, signing in again after a session ended."""
