"""What happens in which order: refresh, pre-flight, outbox, follow, and the ledger of what is known."""
