"""Checks of results, when the run is over."""
