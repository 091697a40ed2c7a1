"""The verbs, where the pure core meets connectors and store: check, pull, plan, approve, apply, undo, report."""
