"""The CRM: its port, and what stands behind it (the project's own tables, or HubSpot)."""
