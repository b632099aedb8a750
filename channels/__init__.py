"""The gateway: channels, the turn that they share, the outbox, the HTTP API and the pages."""
