"""The settings tab."""
