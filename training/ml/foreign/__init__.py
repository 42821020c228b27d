"""Networks that were not trained here: described, checked, and run in the sandbox."""
