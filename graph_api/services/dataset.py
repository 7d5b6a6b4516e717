"""Datasets."""

from graph_api.graph import cypher
from graph_api.models.dataset import Dataset
from graph_api.services.named import NamedInProject

BY_NAME = cypher("dataset/by_name", Dataset)

_datasets = NamedInProject("dataset", BY_NAME)
by_name = _datasets.by_name
checked = _datasets.checked
page = _datasets.page
create = _datasets.create
update = _datasets.update
