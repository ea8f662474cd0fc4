"""Declared settings, folders, connection profiles, secrets, catalogues of messages."""
