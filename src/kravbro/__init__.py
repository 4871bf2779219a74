"""Kravbro carries overdue claims from a ledger to the system that collects them, and everything that follows back."""

__version__ = "0.1.0"
