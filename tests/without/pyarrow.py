"""What ``import pyarrow`` finds in the processes that the tests start: that it is not installed."""

raise ModuleNotFoundError("No module named 'pyarrow'", name="pyarrow")
