"""The outbox: every request, and what a person can do about it."""
