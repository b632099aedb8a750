"""Payouts and the lines of the ledger that explain them."""
