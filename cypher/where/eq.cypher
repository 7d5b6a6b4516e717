// Equal. Like all comparisons, false where there is no value or one of another type.
// $value: any
coalesce(operand = $value, false)
