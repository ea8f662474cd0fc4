"""Tests of the results on screen."""
