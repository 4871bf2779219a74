"""A ledger behind the web service WSinkasso."""
