/// A way to vary training images at random, so that a network sees each one differently in every epoch.
///
/// Those that are chosen are applied in the order in which they are listed here.
public enum Augmentation: String, CaseIterable, Hashable, Sendable {
  /// A rectangle of a quarter to the whole of the image's area, its sides in a proportion from 3:4 to 4:3, is resized to what the
  /// network takes, as by torchvision's `RandomResizedCrop`. Without it the image is resized and cut at the centre.
  case crop
  /// The image is turned about its centre by up to 15 degrees; what comes in from outside is black.
  case rotate
  /// Brightness, contrast and saturation are multiplied by numbers from 0.6 to 1.4, in this order, as by torchvision's
  /// `ColorJitter`.
  case color = "colour"
  /// Every second image, at random, is mirrored from left to right.
  case flip
  /// In every second image, at random, a rectangle of 2 to 33 % of the area, its sides in a proportion from 3:10 to 10:3, takes the
  /// mean of the normalisation, as by torchvision's `RandomErasing`.
  case erase
}
