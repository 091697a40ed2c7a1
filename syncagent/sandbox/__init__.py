"""Both systems as a local HTTP server that speaks their real wire protocols; shares no code with the agent."""
