// The pack that an object is.
// $key: string
MATCH (p:Pack {key: $key})
RETURN p.key AS key
