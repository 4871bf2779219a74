"""A ledger adapter written from docs/contributing/write_a_ledger.md, for a made-up accounting program."""
