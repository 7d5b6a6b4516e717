// What a draft is to bring in one pack, in the order in which it lies there.
// $id: string; $number: int
MATCH (:UploadPrefix {draft_id: $id})<-[:OF]-(f:DraftFiles {number: $number})
WHERE f.packed IS NOT NULL
RETURN f.packed AS digests, f.sizes AS sizes
