"""Measures the service beside its peers; README.md here says how."""
