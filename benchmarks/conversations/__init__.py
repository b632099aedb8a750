"""Support conversations, and how they are held and judged."""
