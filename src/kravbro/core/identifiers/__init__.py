"""Numbers that name a payment, an account, an organisation or a person, and the check digits that guard them.

One module per number, always the same verbs: `compact` (separators off), `validate` (the compact number, or a
DataFault that says what is wrong), `is_valid`, and `format` (as people write it). Only the ASCII digits 0-9 are
digits: "²" and "٣" are refused, although Python's `str.isdigit` and `int` take them.
"""
