"""Asking for a checkpoint."""
