"""What people do with money by hand: register, take back, move, pay back, correct before posting, deliver again.

Each act has a reason, an actor, a business date and an id of its own; what it does to cases is a journal.
"""
