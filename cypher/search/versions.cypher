// The ids of all versions of a collection.
// $collection_id: string
MATCH (:ArtifactCollection:Entity {id: $collection_id})<-[:VERSION_OF]-(a:Artifact)
RETURN collect({id: a.id}) AS rows
