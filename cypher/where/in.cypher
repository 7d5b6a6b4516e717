// Equal to one of some.
// $value: [any]
coalesce(operand IN $value, false)
