"""`sharecheck explain`."""
def explain() -> None:
    """stub"""
