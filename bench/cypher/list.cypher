// The oldest versions of a project.
// $scope: string, with which their list keys begin
MATCH (a:Artifact)
WHERE a.list_key STARTS WITH $scope
WITH a ORDER BY a.list_key LIMIT 500
RETURN collect(a {.id, .name, .version, .size}) AS answer
