/// What a network for images does before its first block.
public enum Stem: Sendable {
  /// Shrinks photographs of some 224 pixels, as published.
  case published
  /// Leaves images of about 32 pixels as large as they are.
  case small
}
