"""Bytes to records and back, pure: one module per format, always the verbs `parse`, `render` and `validate`."""
