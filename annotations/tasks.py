"""Jobs of this app: thin, each claims its row and calls one service."""
