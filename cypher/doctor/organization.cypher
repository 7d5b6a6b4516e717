// The organization of this name.
// $name: string
MATCH (o:Organization {name: $name})
RETURN o.id AS id
