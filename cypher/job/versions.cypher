// The last versions of a collection that are not deleted, from an index on and below another, the last
// of them first.
// $low, $high: string, keys of the two in the collection; $first: int
MATCH (a:Artifact)
WHERE a.collection_key >= $low AND a.collection_key < $high AND a.state = 'COMMITTED'
WITH a ORDER BY a.collection_key DESC LIMIT $first
RETURN collect({id: a.id, index: a.index}) AS rows
