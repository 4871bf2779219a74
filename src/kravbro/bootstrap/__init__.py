"""Reads settings, picks adapters and wires everything: the only place that names a concrete adapter."""
