// The entries of some batches of a draft, and the paths that go, in the order given.
// scan: sorts the batches of one draft.
// $id: string; $numbers: [int]
MATCH (:UploadPrefix {draft_id: $id})<-[:OF]-(f:DraftFiles)
WHERE f.number IN $numbers
WITH f ORDER BY f.number
RETURN collect({entries: f.entries, removed: f.removed}) AS rows
