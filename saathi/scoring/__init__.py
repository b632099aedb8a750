"""How likely a lead is to be approved: features, the trained model, and its words. `training` makes the model, in an
environment of its own; nothing else may import it."""
