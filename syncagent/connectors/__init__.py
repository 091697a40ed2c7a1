"""The only network code: one protocol, one budgeted transport, one connector per system."""
