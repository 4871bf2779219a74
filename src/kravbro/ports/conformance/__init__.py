"""The conformance suites: what every adapter is asked, whoever wrote it. Shipped, and never reached by the program.

An adapter's author writes a world (`ledger.world.LedgerWorld`, `collector.world.CollectorWorld`) and makes each check
of the port's `CHECKS` in a new one with `conform`: docs/contributing/write_a_ledger.md.
"""
