"""What the ledger answers: nothing here writes."""
