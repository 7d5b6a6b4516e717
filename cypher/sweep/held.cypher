// Those of these objects that hold a content or a page.
// $keys: [string]
UNWIND $keys AS key
OPTIONAL MATCH (b:Blob {key: key})
OPTIONAL MATCH (p:ManifestPage {key: key})
WITH key, b, p
WHERE b IS NOT NULL OR p IS NOT NULL
RETURN collect({key: key}) AS rows
