"""Broken adapters, each with one fault that somebody has made: the suite is tested by them, and must name each.

A fault wraps an adapter that is right, and says in `caught_by` which checks are there for it.
"""
