// Makes locked pages LIVE, which lie in these objects, and draws what they list. One that the sweep
// was about to take still lists it.
// $pages: [{digest, key, first_path, last_path: string; count, size, bytes: int; blobs: [string]}]
UNWIND $pages AS page
MATCH (p:ManifestPage {digest: page.digest})
SET p.state = 'LIVE', p.key = page.key, p.first_path = page.first_path,
  p.last_path = page.last_path, p.count = page.count, p.size = page.size, p.bytes = page.bytes
WITH p, page
WHERE NOT EXISTS { (p)-[:LISTS]->() }
UNWIND page.blobs AS sha256
MATCH (b:Blob {sha256: sha256})
CREATE (p)-[:LISTS]->(b)
