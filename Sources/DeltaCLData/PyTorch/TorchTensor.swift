/// Which part of a storage a tensor of a PyTorch file is.
struct TorchTensor {
  let dtype: HostTensor.DType
  let shape: [Int]
  /// In elements.
  let strides: [Int]
  let offset: Int
  /// The storage's name in the file.
  let storage: String
  /// The elements that the storage is said to have.
  let storageCount: Int

  var elements: StridedElements {
    StridedElements(elementSize: dtype.bitWidth / 8, shape: shape, strides: strides, offset: offset)
  }

  /// What a pickle says of a tensor; `nil` if the value is none or says it wrongly.
  init?(_ value: Pickle.Value, of pickle: Pickle) {
    guard var (function, arguments) = pickle.call(value) else { return nil }
    if function == "torch._utils._rebuild_parameter" || function == "torch._utils._rebuild_parameter_with_state" {
      guard let inner = pickle.call(arguments.first) else { return nil }
      (function, arguments) = inner
    }
    guard Self.constructors.contains(function), arguments.count >= 4,
      let storage = pickle.persistent(arguments[0]), storage.count >= 5, storage[0].string == "storage",
      let type = storage[1].global, let key = storage[2].string, let count = storage[4].integer,
      let offset = arguments[1].integer, let shape = pickle.integers(arguments[2]),
      let strides = pickle.integers(arguments[3]), count >= 0
    else { return nil }
    let isUntyped = type == "torch.storage.UntypedStorage"
    let dtypeName = isUntyped ? arguments.dropFirst(6).first?.global : type
    guard let dtype = dtypeName.flatMap({ Self.dtypes[$0.replacing("torch.cuda.", with: "torch.")] }) else {
      return nil
    }
    self.dtype = dtype
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.storage = key
    storageCount = isUntyped ? count / (dtype.bitWidth / 8) : count
  }

  /// The functions that make a tensor of a storage, an offset, a shape and strides.
  static let constructors: Set = [
    "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3",
  ]

  /// The types of storages, and the types that PyTorch has no storages for.
  static let dtypes: [String: HostTensor.DType] = [
    "torch.FloatStorage": .f32, "torch.DoubleStorage": .f64, "torch.HalfStorage": .f16, "torch.BFloat16Storage": .bf16,
    "torch.LongStorage": .i64, "torch.IntStorage": .i32, "torch.ShortStorage": .i16, "torch.CharStorage": .i8,
    "torch.ByteStorage": .u8, "torch.BoolStorage": .bool, "torch.ComplexFloatStorage": .c64, "torch.uint16": .u16,
    "torch.uint32": .u32, "torch.uint64": .u64, "torch.float8_e4m3fn": .f8e4m3, "torch.float8_e5m2": .f8e5m2,
    "torch.float8_e4m3fnuz": .f8e4m3fnuz, "torch.float8_e5m2fnuz": .f8e5m2fnuz,
  ]

  /// The name of the storage of each type that is written.
  static let storageNames: [HostTensor.DType: String] = [
    .f32: "FloatStorage", .f64: "DoubleStorage", .f16: "HalfStorage", .bf16: "BFloat16Storage", .i64: "LongStorage",
    .i32: "IntStorage", .i16: "ShortStorage", .i8: "CharStorage", .u8: "ByteStorage", .bool: "BoolStorage",
    .c64: "ComplexFloatStorage",
  ]
}
