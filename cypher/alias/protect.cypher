// Protects aliases of a locked collection, which are made where there are none, or no longer; those
// of which that is so already are left out. With each comes the version that it points at.
// $collection_id: string; $names: [string]; $protected: bool
UNWIND $names AS name
FOREACH (_ IN CASE WHEN $protected THEN [1] ELSE [] END |
  MERGE (:Alias {collection_id: $collection_id, name: name})
)
WITH name
MATCH (alias:Alias {collection_id: $collection_id, name: name})
WHERE coalesce(alias.protected, false) <> $protected
SET alias.protected = CASE WHEN $protected THEN true END
WITH alias
OPTIONAL MATCH (alias)-[:CURRENT]->(a:Artifact)
RETURN alias.name AS name, a.id AS artifact_id
