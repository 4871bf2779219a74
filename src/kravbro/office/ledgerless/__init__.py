"""Claims without a ledger, that people register by hand: no ledger told of them, and none is told of them."""
