"""Our own collection office: creditors, debtors, cases, payments, posting proposals and statuses."""
