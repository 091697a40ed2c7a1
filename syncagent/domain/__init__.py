"""The nouns of syncagent: frozen dataclasses without I/O, clock or randomness."""
