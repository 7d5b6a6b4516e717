// Greater or equal.
// $value: any
coalesce(operand >= $value, false)
