"""Evaluation Console: administration of a platform that evaluates AI models and companies."""

__version__ = "0.1.0"
