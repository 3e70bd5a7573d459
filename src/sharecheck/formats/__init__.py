"""A value to text or bytes: one file a format, each with `render`."""
