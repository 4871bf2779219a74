"""The engine: what runs jobs, and the one clock. It would work for any business and knows nothing of debts."""
