// Those of these entities of which a filter holds, by one column.
// $ids: [string]; $where: bool
UNWIND $ids AS id
MATCH (n:Entity {id: id})
WHERE $where
RETURN collect(n.id) AS ids
