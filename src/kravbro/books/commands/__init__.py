"""What changes the ledger. Every command takes an open connection first and an `Act` last, and commits nothing.

Callers decide what belongs to one transaction. Asking twice is asking once: rows that people make carry a
`request_id`, and a step into a state that is already reached does nothing.
"""
