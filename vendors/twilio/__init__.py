"""Stands in for Twilio: its REST API, its Content API, WhatsApp's users and the telephone."""
