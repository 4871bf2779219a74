"""What is true of debts: values and rules only. No I/O, no database, no clock, no logging."""
