"""The API server of contract v1 (SYSTEM.md §3) over MongoDB."""
