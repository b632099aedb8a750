"""`make story-graph`: pictures of the rules and stories, a file a topic."""
