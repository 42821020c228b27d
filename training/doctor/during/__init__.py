"""Checks of curves, while the network learns."""
