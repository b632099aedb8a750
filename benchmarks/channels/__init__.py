"""How fast the channels are, over a gateway of its own process and stand-ins of what is around it."""
