"""Our own accounts-receivable ledger: companies, customers, open items, dunning and vouchers."""
