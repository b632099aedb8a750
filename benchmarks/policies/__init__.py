"""Which policies decide best what comes next: conversations held apart, walked with each choice of them."""
