"""Checks of the data as the network sees it, before the first step."""
