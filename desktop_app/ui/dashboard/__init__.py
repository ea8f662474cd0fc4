"""The parts of the dashboard: tiles, health, what needs attention, recent activity."""
