"""Wards: what they are called, who lives and votes there."""
