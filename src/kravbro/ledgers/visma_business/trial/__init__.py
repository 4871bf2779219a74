"""A Visma Business to try and to test with: its tables, somebody who works there, and books. No part of the adapter."""
