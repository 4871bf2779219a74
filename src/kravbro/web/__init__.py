"""Screens and servers: what others reach over the network."""
