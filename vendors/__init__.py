"""Local servers that stand in for the vendors and check what they are asked against the vendors' own documents."""
