"""The web service between a ledger and a collection system (WSinkasso): its contract, and its messages.

No description of the real service is public. `wsinkasso.xsd` is a written substitute with the same five functions:
claims that are ready, case numbers and refusals, payments and corrections, vouchers and what became of them, and claims
that were transferred before. `records.py` and `operations.py` say which of our records each type is, `fields.py` how
they are written and read, `envelopes.py` what stands around them (SOAP 1.1, document/literal), `description.py` makes
the WSDL 1.1, `faults.py` says what went wrong.

Sources: W3C, "Simple Object Access Protocol (SOAP) 1.1", sections 4 and 6; W3C, "Web Services Description Language
(WSDL) 1.1", section 3; the source document of the municipal set-up names the five functions.
"""
