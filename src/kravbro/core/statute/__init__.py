"""Law as dated data: value, unit, law reference, source and confidence per row. Code holds no rate."""
