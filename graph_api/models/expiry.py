"""Expiry: what became of versions whose time to live was over."""

from pydantic import BaseModel


class Expired(BaseModel, frozen=True):
    """How many versions went into the trash, and how many stay because something needs them."""

    deleted: int
    needed: int
