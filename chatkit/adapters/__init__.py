"""Ways to answer with other people's agents. Each adapter is a module of its own and imports only what it adapts."""
