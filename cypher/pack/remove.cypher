// Removes a condemned pack, whose object has gone.
// $key: string
MATCH (p:Pack {key: $key})
WHERE p.state = 'CONDEMNED'
DETACH DELETE p
