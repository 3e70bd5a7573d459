"""`sharecheck rules`."""
def rules() -> None:
    """stub"""
