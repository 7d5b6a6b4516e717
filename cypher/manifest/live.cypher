// Which of these pages are stored, and not on their way out.
// $digests: [string]
UNWIND $digests AS digest
MATCH (p:ManifestPage {digest: digest})
WHERE p.state = 'LIVE'
RETURN collect({digest: p.digest, state: p.state}) AS rows
