// Makes new pages LIVE and draws what they list.
// $pages: [{digest: string, blobs: [string]}]
UNWIND $pages AS page
MATCH (p:ManifestPage {digest: page.digest})
SET p.state = 'LIVE'
WITH p, page
UNWIND page.blobs AS sha256
MATCH (b:Blob {sha256: sha256})
CREATE (p)-[:LISTS]->(b)
