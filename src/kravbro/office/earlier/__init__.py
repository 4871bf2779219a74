"""Claims on cases of an older system: what its file told, kept until they are joined with the ledger's open items."""
