"""Embedded Postgres, broker and the processes of one machine, started and watched by one command."""
