// The names of the protected aliases of each collection, sorted.
// $ids: [string]
UNWIND $ids AS id
RETURN collect({
  collection_id: id,
  names: COLLECT {
    MATCH (alias:Alias)
    WHERE alias.collection_id = id AND alias.name IS NOT NULL AND alias.protected
    RETURN alias.name ORDER BY alias.name
  }
}) AS rows
