package io.turnwise.conversion.resnet;

/**
 * The columns of the final linear layer, one for each pooled feature. PyTorch flattens mean and
 * deviation each channel by channel, the frequency rows of a channel side by side. A port that
 * keeps channels last may flatten otherwise and save its columns so; the shape is the same, and the
 * embeddings would be noise.
 *
 * <p>Neighbouring rows of one channel see nearly the same, so training leaves their columns alike,
 * and those of any two others not. The order in which neighbours are alike is the one in which the
 * layer was trained.
 */
final class PooledColumns {
  /**
   * In standard deviations of what columns of chance give. Trained layers reach several times it.
   */
  private static final double BEYOND_CHANCE = 10;

  private final float[] weight;
  private final int dimension;
  private final int channels;
  private final int rows;

  /**
   * @param weight (dimension, 2 x channels x rows) row-major
   */
  PooledColumns(float[] weight, int dimension, int channels, int rows) {
    if (weight.length != dimension * 2 * channels * rows) {
      throw new IllegalArgumentException(
          "weight: "
              + weight.length
              + " values for "
              + dimension
              + " x 2 x "
              + channels
              + " x "
              + rows);
    }
    this.weight = weight;
    this.dimension = dimension;
    this.channels = channels;
    this.rows = rows;
  }

  /** Where the column of a statistic (0 mean, 1 deviation), channel and row lies. */
  private interface Order {
    int column(int statistic, int channel, int row);
  }

  /** Whether the columns are alike in a channels-last order and not in PyTorch's. */
  boolean lookReordered() {
    double own = alike((s, c, r) -> (s * channels + c) * rows + r);
    double rowsFirst = alike((s, c, r) -> (s * rows + r) * channels + c);
    double rowsOutermost = alike((s, c, r) -> (r * 2 + s) * channels + c);
    double other = Math.max(rowsFirst, rowsOutermost);
    return other > BEYOND_CHANCE && other > 2 * own;
  }

  /** How alike columns of neighbouring rows are, in standard deviations of chance. */
  private double alike(Order order) {
    double sum = 0;
    int pairs = 0;
    for (int statistic = 0; statistic < 2; statistic++) {
      for (int channel = 0; channel < channels; channel++) {
        for (int row = 1; row < rows; row++) {
          sum +=
              cosine(
                  order.column(statistic, channel, row - 1), order.column(statistic, channel, row));
          pairs++;
        }
      }
    }
    return sum * Math.sqrt((double) dimension / pairs);
  }

  private double cosine(int a, int b) {
    int columns = 2 * channels * rows;
    double product = 0;
    double lengthA = 0;
    double lengthB = 0;
    for (int at = 0; at < weight.length; at += columns) {
      double inA = weight[at + a];
      double inB = weight[at + b];
      product += inA * inB;
      lengthA += inA * inA;
      lengthB += inB * inB;
    }
    double lengths = Math.sqrt(lengthA * lengthB);
    return lengths > 0 ? product / lengths : 0;
  }
}
