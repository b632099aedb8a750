"""How the committed encoder is made (`make encoder`, in the training environment alone)."""
