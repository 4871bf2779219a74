"""What Kravbro remembers beside a ledger that it did not write, because that ledger cannot: see docs/mirror.md."""
