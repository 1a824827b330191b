"""What every screen is handed: the workspace, the context of a profile, signals of the ledger, drafts, senders."""
