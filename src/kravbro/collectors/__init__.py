"""Adapters to the collector port; none knows another."""
