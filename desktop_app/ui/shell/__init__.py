"""The main window around the tabs: navigation, header, messages, running work, palette."""
