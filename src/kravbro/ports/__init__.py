"""The two contracts that everything meets in: a ledger that claims come from, a collector that they go to."""
