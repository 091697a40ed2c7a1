"""Command line, and later web and worker: the only code that prints, serves, and wires the rest together."""
