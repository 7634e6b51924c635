import Testing

/// What torchvision says of a network of 1000 classes.
struct TorchvisionNetwork: Sendable, CustomTestStringConvertible {
  /// The name in torchvision.
  let name: String
  let parameterCount: Int
  /// The parameters and statistics, counters of batches aside.
  let tensorCount: Int
  /// The CRC-32 of a line with the name and the shape of each of them, in the order of their names.
  let checksum: UInt64
  let firstParameter: String
  let lastParameter: String

  init(
    _ name: String, _ parameterCount: Int, _ tensorCount: Int, _ checksum: UInt64, _ firstParameter: String,
    _ lastParameter: String
  ) {
    self.name = name
    self.parameterCount = parameterCount
    self.tensorCount = tensorCount
    self.checksum = checksum
    self.firstParameter = firstParameter
    self.lastParameter = lastParameter
  }

  var testDescription: String { name }

  /// `Tools/make-network-cases.py` prints them.
  static let all = [
    TorchvisionNetwork(
      "alexnet", 61_100_840, 16, 0x1311c672, "features.0.weight", "classifier.6.bias"),
    TorchvisionNetwork(
      "vgg11", 132_863_336, 22, 0x6ec446c3, "features.0.weight", "classifier.6.bias"),
    TorchvisionNetwork(
      "vgg11_bn", 132_868_840, 54, 0x088d5dca, "features.0.weight", "classifier.6.bias"),
    TorchvisionNetwork(
      "vgg13", 133_047_848, 26, 0x8ac60711, "features.0.weight", "classifier.6.bias"),
    TorchvisionNetwork(
      "vgg13_bn", 133_053_736, 66, 0xdb0c41b0, "features.0.weight", "classifier.6.bias"),
    TorchvisionNetwork(
      "vgg16", 138_357_544, 32, 0x0a86ab47, "features.0.weight", "classifier.6.bias"),
    TorchvisionNetwork(
      "vgg16_bn", 138_365_992, 84, 0x89ceed07, "features.0.weight", "classifier.6.bias"),
    TorchvisionNetwork(
      "vgg19", 143_667_240, 38, 0xa9740c02, "features.0.weight", "classifier.6.bias"),
    TorchvisionNetwork(
      "vgg19_bn", 143_678_248, 102, 0x6660e87d, "features.0.weight", "classifier.6.bias"),
    TorchvisionNetwork(
      "resnet18", 11_689_512, 102, 0x5d54a566, "conv1.weight", "fc.bias"),
    TorchvisionNetwork(
      "resnet34", 21_797_672, 182, 0xfd1f946d, "conv1.weight", "fc.bias"),
    TorchvisionNetwork(
      "resnet50", 25_557_032, 267, 0x046b46ec, "conv1.weight", "fc.bias"),
    TorchvisionNetwork(
      "resnet101", 44_549_160, 522, 0x6fe53e4b, "conv1.weight", "fc.bias"),
    TorchvisionNetwork(
      "resnet152", 60_192_808, 777, 0xabe5d3ed, "conv1.weight", "fc.bias"),
    TorchvisionNetwork(
      "wide_resnet50_2", 68_883_240, 267, 0xeb879325, "conv1.weight", "fc.bias"),
    TorchvisionNetwork(
      "wide_resnet101_2", 126_886_696, 522, 0x2275f6c6, "conv1.weight", "fc.bias"),
    TorchvisionNetwork(
      "resnext50_32x4d", 25_028_904, 267, 0xd74a7d91, "conv1.weight", "fc.bias"),
    TorchvisionNetwork(
      "resnext101_32x8d", 88_791_336, 522, 0x56baa134, "conv1.weight", "fc.bias"),
    TorchvisionNetwork(
      "squeezenet1_0", 1_248_424, 52, 0x79804c03, "features.0.weight", "classifier.1.bias"),
    TorchvisionNetwork(
      "squeezenet1_1", 1_235_496, 52, 0x07e91aa3, "features.0.weight", "classifier.1.bias"),
    TorchvisionNetwork(
      "densenet121", 7_978_856, 606, 0x97ced162, "features.conv0.weight", "classifier.bias"),
    TorchvisionNetwork(
      "mobilenet_v2", 3_504_872, 262, 0x27b2afb4, "features.0.0.weight", "classifier.1.bias"),
    TorchvisionNetwork(
      "mobilenet_v3_small", 2_542_856, 210, 0x4f956dce, "features.0.0.weight", "classifier.3.bias"),
    TorchvisionNetwork(
      "mobilenet_v3_large", 5_483_032, 266, 0xc7fee29b, "features.0.0.weight", "classifier.3.bias"),
    TorchvisionNetwork(
      "efficientnet_b0", 5_288_548, 311, 0x2c356f67, "features.0.0.weight", "classifier.1.bias"),
    TorchvisionNetwork(
      "shufflenet_v2_x1_0", 2_278_604, 282, 0x44f3ba62, "conv1.0.weight", "fc.bias"),
  ]
}
