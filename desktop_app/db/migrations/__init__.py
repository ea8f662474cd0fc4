"""Migrations of a MongoDB: plan, apply, verify, roll back, back up, restore.

Engines are generators of typed events (``events``), the last of which says why they stopped: the
window, the command line and the reports only consume them. What is to be done is data
(``data_steps``, ``steps``), what was done is kept in the database itself (``journal``).
"""
