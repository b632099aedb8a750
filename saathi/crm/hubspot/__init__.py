"""HubSpot as the CRM. Its SDK is known in this package alone."""
