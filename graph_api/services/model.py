"""Registered models."""

from graph_api.graph import cypher
from graph_api.models.model import Model
from graph_api.models.page import Listed
from graph_api.services.named import NamedInProject

BY_IDS = cypher("model/by_ids", Model)
BY_NAME = cypher("model/by_name", Model)
LIST = cypher("model/list", Listed[Model])

_models = NamedInProject(
    "Model",
    "model",
    BY_IDS,
    BY_NAME,
    LIST,
)
by_ids = _models.by_ids
by_name = _models.by_name
checked = _models.checked
page = _models.page
create = _models.create
update = _models.update
