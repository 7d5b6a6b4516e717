"""What was used last, and no more of it than fits."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values by key; beyond ``most`` of ``size`` altogether the longest unused are dropped."""

    def __init__(self, most: int, size: Callable[[Value], int]) -> None:
        self._most, self._size_of, self._size = most, size, 0
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """The value, which is used by this; None where it is not there any more."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: Key, value: Value) -> None:
        """Keep a value; a key never stands for two different ones."""
        if key not in self._values:
            self._size += self._size_of(value)
        self._values[key] = value
        self._values.move_to_end(key)
        while self._size > self._most:
            _, dropped = self._values.popitem(last=False)
            self._size -= self._size_of(dropped)
