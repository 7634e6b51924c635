/// Functions of functions of some inputs, element by element.
indirect enum Formula {
  case input(Int)
  case constant(Float)
  case function(Function, [Formula])
}
