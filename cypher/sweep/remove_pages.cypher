// Removes those of these locked pages that are still condemned, and not stored anew elsewhere.
// $condemned: [{digest, key: string}]
UNWIND $condemned AS page
MATCH (p:ManifestPage {digest: page.digest})
WHERE p.state = 'CONDEMNED' AND p.key = page.key
WITH p, p.digest AS digest, p.key AS key
DETACH DELETE p
RETURN collect({digest: digest, key: key}) AS rows
