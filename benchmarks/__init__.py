"""Benchmarks: what Kravbro does per second on this machine, beside the floor that it must keep."""
