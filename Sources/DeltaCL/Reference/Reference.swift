/// The mathematics of every operation, on tensors as flat sequences in the layouts that the descriptors define.
enum Reference {}

/// The elements of a `float32` operand on the reference backend; none if the operand has another type.
typealias ReferenceFloats = UnsafeMutableBufferPointer<Double>
/// The elements of an `int32` operand; none if it has another type.
typealias ReferenceIntegers = UnsafeMutableBufferPointer<Int32>
