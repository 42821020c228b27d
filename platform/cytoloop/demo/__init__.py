"""The demo: generated pictures, simulated people, and the loop driven from outside."""
