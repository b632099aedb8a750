"""The voice line, through Twilio."""
