// Removes some batches of files of a draft that has ended, and tells how many. Not all at once: Neo4j has
// in memory whatever one transaction deletes.
// $id: string; $most: int
MATCH (u:UploadPrefix {draft_id: $id})<-[:OF]-(f:DraftFiles)
WITH f LIMIT $most
DETACH DELETE f
RETURN count(*) AS count
