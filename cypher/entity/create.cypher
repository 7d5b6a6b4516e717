// Creates one entity of a kind, which the caller has checked to be new.
// $kind: string, a label; $properties: map
CREATE (n:Entity:$($kind))
SET n = $properties
