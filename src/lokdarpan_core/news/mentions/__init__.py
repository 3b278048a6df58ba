"""Mentions: which wards a text speaks of, how it names them, and why a name that looks like one was not taken."""
