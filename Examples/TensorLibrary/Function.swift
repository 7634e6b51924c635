/// What can be computed element by element.
enum Function {
  case identity
  case negate
  case tanh
  case sigmoid
  case softplus
  case add
  case subtract
  case multiply
}
