"""The Python client; ``import graph_api`` has all of it."""
