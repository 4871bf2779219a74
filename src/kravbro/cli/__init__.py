"""The command line: one module per noun, registered in `main`, which imports each only when it is asked for."""
