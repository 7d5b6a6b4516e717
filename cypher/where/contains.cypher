// Has a text within it; case matters.
// $value: string
coalesce(operand CONTAINS $value, false)
