"""Tools for developers of Kravbro; no part of the program."""
