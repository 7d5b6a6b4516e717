// Makes a node for each page that is about to be written, and tells which are LIVE already and
// which are on their way out (CONDEMNED), which the caller must wait for.
// $pages: [{digest, first_path, last_path: string, count, size: int}], sorted by digest
UNWIND $pages AS page
MERGE (p:ManifestPage {digest: page.digest})
ON CREATE SET p.state = 'UPLOADING', p.first_path = page.first_path, p.last_path = page.last_path,
  p.count = page.count, p.size = page.size
RETURN collect({digest: p.digest, state: p.state}) AS rows
