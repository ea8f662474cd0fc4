"""MongoDB: schema, indexes, initial data."""
