"""`sharecheck init`."""
def init() -> None:
    """stub"""
