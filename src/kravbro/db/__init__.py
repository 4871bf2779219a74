"""Engines, transactions, column types and counters: what every owner of tables needs. No tables of its own."""
