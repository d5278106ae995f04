package io.turnwise.conversion.quantize;

/**
 * How finely weights are stored, always as int8.
 *
 * <p>x86 processors without VNNI add two products of an unsigned and a signed byte in 16 bits and
 * saturate: 2 x 255 x 127 does not fit, 2 x 255 x 64 does. Weights of seven bits give the same
 * embeddings everywhere; those of eight bits are only for machines that sum in 32 bits.
 */
public enum WeightBits {
  SEVEN(64),
  EIGHT(127);

  private final int largest;

  WeightBits(int largest) {
    this.largest = largest;
  }

  /** The largest magnitude. */
  int largest() {
    return largest;
  }

  /** 7 or 8. */
  public int count() {
    return this == SEVEN ? 7 : 8;
  }

  /**
   * @throws IllegalArgumentException if it is neither 7 nor 8
   */
  public static WeightBits of(int count) {
    return switch (count) {
      case 7 -> SEVEN;
      case 8 -> EIGHT;
      default ->
          throw new IllegalArgumentException("weight bits: " + count + " is neither 7 nor 8");
    };
  }
}
