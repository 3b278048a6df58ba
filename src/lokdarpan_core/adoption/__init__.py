"""Adopt the database of the original, the Flask backend: its archive, alerts and results come along, nothing lost.

original, uniform    which stage it is at, and its tables with one set of columns
fingerprints, fates  what each row is, and what becomes of it
columns, copies      the repairs, and the copying in batches
report, repairs      every row accounted for
fetch                its tables from another server
switch               ours in its place, and back
notes, record, locks, conditions
                     how far it is, which one it is, who may work, what must hold
adopting             all of it in order
"""
