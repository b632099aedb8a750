"""Search and answers on questions that an article answers, and on ones that none does: `make bench-knowledge`."""
