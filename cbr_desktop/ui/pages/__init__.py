"""Pages: one view of the ledger each, with its columns, its filter and its empty states."""
