"""The ledger port over our own books."""
