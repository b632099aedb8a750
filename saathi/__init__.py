"""The domain: what Saathi knows of people, messages and conversations, in plain typed Python."""
