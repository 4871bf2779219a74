"""Adapters to the ledger port; none knows another."""
