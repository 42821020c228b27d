"""Networks: training and prediction on folders, with no database and no web.

Only ``training.engine`` imports this package. ``classical`` and ``features`` need no torch.
"""
