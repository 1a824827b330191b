"""Vaults."""
