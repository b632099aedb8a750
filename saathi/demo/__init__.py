"""A demo network: partners, customers, leads with their stories, and payouts, all of it plainly made up."""
