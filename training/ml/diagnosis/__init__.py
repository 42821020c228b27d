"""What the trainer finds out for the run doctor: only it sees pixels and weights."""
