"""A card for a role: what it must, may and never tells, on one small sheet."""
