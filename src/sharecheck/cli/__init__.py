"""The command line: one file a command, each of which reads, thinks, says and exits."""
