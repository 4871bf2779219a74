"""Who the office deals with: one party over many creditors and cases, and what each is on a case."""
