"""The commands, grouped: reading (look), running (plan and change), sandboxing (servers, data, demo)."""
