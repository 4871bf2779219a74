"""The set-up of a whole installation as one TOML file: both sides, read, checked, shown and applied.

`description` is what a file says, `layout` which keys it may have; `reading`, `checking` and `writing` are pure,
`standing` reads an installation, and `applying` changes it. docs/setup.md has every key.
"""
