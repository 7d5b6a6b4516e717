// A list that holds a text.
// $value: string
coalesce($value IN operand, false)
