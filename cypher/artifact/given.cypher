// What a draft was given, without the entries, in the order given; nothing once it has ended.
// scan: sorts the batches of one draft.
// $id: string
MATCH (a:Artifact:Entity {id: $id})
RETURN a.base_id AS base_id, COLLECT {
  MATCH (:UploadPrefix {draft_id: $id})<-[:OF]-(f:DraftFiles)
  WHERE a.state = 'PENDING' AND a.same_as IS NULL
  WITH f ORDER BY f.number
  RETURN {number: f.number, first_path: f.first_path, last_path: f.last_path}
} AS batches
