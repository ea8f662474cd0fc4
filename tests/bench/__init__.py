"""What ``dev.py bench`` measures: one module per subject, each a list of figures."""
