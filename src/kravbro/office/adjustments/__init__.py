"""What people charge and waive by hand: costs, fees and late interest; shown, and undone. See docs/manual_claims.md."""
