"""The demo beside a ledger that is not ours: a trial of that ledger, and the whole main job on it."""
