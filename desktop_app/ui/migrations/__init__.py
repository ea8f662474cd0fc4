"""The screen of migrations: status, plan, live run, verification, history, and their dialogs."""
