"""The disk: what is kept, and where."""
