"""Datasets."""

from graph_api.graph import cypher
from graph_api.models.dataset import Dataset
from graph_api.models.page import Listed
from graph_api.services.named import NamedInProject

BY_IDS = cypher("dataset/by_ids", Dataset)
BY_NAME = cypher("dataset/by_name", Dataset)
LIST = cypher("dataset/list", Listed[Dataset])

_datasets = NamedInProject(
    "Dataset",
    "dataset",
    BY_IDS,
    BY_NAME,
    LIST,
)
by_ids = _datasets.by_ids
by_name = _datasets.by_name
checked = _datasets.checked
page = _datasets.page
create = _datasets.create
update = _datasets.update
