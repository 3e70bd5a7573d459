"""`sharecheck schema`."""
def schema() -> None:
    """stub"""
