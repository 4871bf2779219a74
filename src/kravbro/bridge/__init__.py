"""The seven streams between a ledger and a collector, and their reconciliation. Speaks through the ports only."""
