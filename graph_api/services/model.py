"""Registered models."""

from graph_api.graph import cypher
from graph_api.models.model import Model
from graph_api.services.named import NamedInProject

BY_NAME = cypher("model/by_name", Model)

_models = NamedInProject("model", BY_NAME)
by_name = _models.by_name
checked = _models.checked
page = _models.page
create = _models.create
update = _models.update
