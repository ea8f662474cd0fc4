"""The screens of the main window, one module each; they never import each other."""
