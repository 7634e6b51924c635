import DeltaCLSystem

/// Where a PyTorch file has its tensors.
enum TorchStateDictionary {
  /// The keys under which training programs keep it, the most telling first.
  private static let keys = ["state_dict", "model_state_dict", "model", "net", "network", "module"]

  /// The tensors by name: those of the pickle's dictionary or, if it holds none itself, of one in it.
  ///
  /// - Throws: `DataError` if there are none, or one of them is described wrongly.
  static func tensors(_ pickle: Pickle, path: String) throws(DataError) -> [String: TorchTensor] {
    guard let root = pickle.entries(pickle.root) else {
      throw DataError(
        .unsupported, path,
        "holds no dictionary of tensors by name; save them by torch.save(model.state_dict(), 'weights.pth')")
    }
    let inner = keys.compactMap { key in root.last { $0.key == key }.flatMap { pickle.entries($0.value) } }
    for entries in [root] + inner {
      let tensors = try Self.tensors(of: entries, pickle, path: path)
      if !tensors.isEmpty { return tensors }
    }
    throw DataError(
      .notFound, path,
      "has no tensors by name, at its top or under \(keys[0]), \(keys[2]) and the like; it has: "
        + (root.isEmpty ? "nothing" : Excerpt.list(root.map { Excerpt.quoted($0.key) })))
  }

  /// The tensors among the entries; others, such as the number of an epoch, are left out.
  private static func tensors(
    of entries: [(key: String, value: Pickle.Value)], _ pickle: Pickle, path: String
  ) throws(DataError) -> [String: TorchTensor] {
    var tensors: [String: TorchTensor] = [:]
    for (name, value) in entries {
      guard let (function, _) = pickle.call(value), function.hasPrefix("torch._utils._rebuild_") else { continue }
      guard let tensor = TorchTensor(value, of: pickle) else {
        throw DataError(
          .unsupported, "\(path): \(Excerpt.quoted(name))",
          "is no dense tensor of a type that is read here; convert it by .to_dense().float() before it is saved")
      }
      tensors[name] = tensor
    }
    return tensors
  }

  /// Whether a pickle of tensors may name a function or class.
  static func allows(_ name: String) -> Bool {
    harmless.contains(name) || TorchTensor.constructors.contains(name)
      || TorchTensor.dtypes[name.replacing("torch.cuda.", with: "torch.")] != nil
  }

  /// What training programs keep beside tensors, and nothing is read of.
  private static let harmless: Set = [
    "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "argparse.Namespace",
    "_codecs.encode", "builtins.set", "builtins.list", "builtins.dict", "builtins.int", "builtins.float",
    "builtins.bool", "builtins.str", "builtins.complex", "builtins.slice", "__builtin__.set", "__builtin__.list",
    "torch.Size", "torch.device", "torch.storage.UntypedStorage", "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state", "torch.nn.parameter.Parameter", "torch.serialization._get_layout",
    "torch.float32", "torch.float64", "torch.float16", "torch.bfloat16", "torch.int64", "torch.int32", "torch.int16",
    "torch.int8", "torch.uint8", "torch.bool", "numpy.dtype", "numpy.ndarray", "numpy.core.multiarray.scalar",
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray.scalar", "numpy._core.multiarray._reconstruct",
  ]
}
