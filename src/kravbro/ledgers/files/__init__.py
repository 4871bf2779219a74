"""Plain files as a ledger: whoever can write and read tables can take part."""
