"""One history of schema changes per owner of tables, shipped inside the package so that an install can upgrade."""
