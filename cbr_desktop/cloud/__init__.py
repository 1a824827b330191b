"""The wire: how the service is spoken to."""
