"""The archive of an installation: one file with every owner's rows, table by table. `docs/formats/archive.md`."""
