"""Embedded Postgres, broker and the processes of one machine, watched by one command."""
