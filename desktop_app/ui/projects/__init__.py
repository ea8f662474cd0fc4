"""The parts of the screen of projects."""
