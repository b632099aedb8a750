"""`make train-intents`: the committed encoder's weights tuned as an intent classifier."""
