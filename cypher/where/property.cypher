// Operand: a property of the entity.
// $key: string
n[$key]
