"""`sharecheck flowchart`."""
def flowchart() -> None:
    """stub"""
