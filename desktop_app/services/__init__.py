"""Use cases that join the layers below; what both window and command line call."""
