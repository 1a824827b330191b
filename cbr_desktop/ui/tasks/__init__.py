"""Tasks of the service."""
