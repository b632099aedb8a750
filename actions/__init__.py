"""The action server: one thin module a topic, which asks the domain and returns events and a response's name."""
