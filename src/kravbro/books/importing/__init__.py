"""Another ledger's file, told in the words of our books: what its lines mean, and what they put on what.

Pure: nothing here asks a database. `commands.ledger_import` carries out what is decided here.
"""
