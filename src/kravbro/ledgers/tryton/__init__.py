"""The ledger port over Tryton 8.2, spoken to by JSON-RPC: see README.md beside this file."""
