"""Visma Business, straight on its databases."""
