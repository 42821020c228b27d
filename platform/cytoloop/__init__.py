"""What users touch from outside: the command line, the Python SDK and the embedded services."""
