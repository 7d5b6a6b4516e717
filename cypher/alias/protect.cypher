// Protects aliases of a collection, which are made where there are none, or no longer; those of
// which that is so already are left out.
// $collection_id: string; $names: [string]; $protected: bool
UNWIND $names AS name
FOREACH (_ IN CASE WHEN $protected THEN [1] ELSE [] END |
  MERGE (:Alias {collection_id: $collection_id, name: name})
)
WITH name
MATCH (alias:Alias {collection_id: $collection_id, name: name})
WHERE coalesce(alias.protected, false) <> $protected
SET alias.protected = CASE WHEN $protected THEN true END
RETURN alias.name AS name
