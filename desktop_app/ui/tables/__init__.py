"""Tables over one page of a server-side list."""
