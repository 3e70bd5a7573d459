"""`sharecheck report`."""
def report() -> None:
    """stub"""
