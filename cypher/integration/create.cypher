// Makes an integration; its secret comes sealed.
// $properties: map
CREATE (i:Integration)
SET i = $properties
