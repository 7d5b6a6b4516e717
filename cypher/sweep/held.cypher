// Those of these objects that hold a content or a page, or are a pack.
// $keys: [string]
UNWIND $keys AS key
OPTIONAL MATCH (b:Blob {key: key})
OPTIONAL MATCH (p:ManifestPage {key: key})
OPTIONAL MATCH (k:Pack {key: key})
WITH key, b, p, k
WHERE b IS NOT NULL OR p IS NOT NULL OR k IS NOT NULL
RETURN collect({key: key}) AS rows
