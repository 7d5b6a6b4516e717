// Those of these prefixes of drafts that the sweep will not look at.
// $ids: [string]
UNWIND $ids AS id
OPTIONAL MATCH (u:UploadPrefix {draft_id: id})
WITH id, u
WHERE u IS NULL
RETURN collect({draft_id: id}) AS rows
