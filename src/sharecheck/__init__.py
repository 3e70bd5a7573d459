"""Checks, reports on and draws information-sharing agreements between public agencies."""

__version__ = "0.1.0"
