"""The whole service, for the routes beside GraphQL."""

from tests.schema.conftest import api

__all__ = ["api"]
