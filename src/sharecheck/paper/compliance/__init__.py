"""The report on what was checked, as a paper: what failed, what is expected, what is accepted, due and new."""
