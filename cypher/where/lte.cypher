// Less or equal.
// $value: any
coalesce(operand <= $value, false)
