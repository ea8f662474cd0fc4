"""Client of contract v1 over httpx: one module per resource."""
