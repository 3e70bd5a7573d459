"""The topics: one module each, one function a rule. Topics do not know each other."""
