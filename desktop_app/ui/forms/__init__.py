"""Forms of declared fields: one editor per kind."""
