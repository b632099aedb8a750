"""Leads: what they are, which are wanted, what they are called, and what a partner asked to be reminded of."""
