package io.turnwise.conversion.quantize;

/**
 * Cosines between the embeddings of the float network and of the quantized one.
 *
 * @param windows how many stretches were compared
 * @param mean the mean cosine
 * @param least the least cosine
 */
public record Agreement(int windows, double mean, double least) {
  public Agreement {
    if (windows < 1) {
      throw new IllegalArgumentException("windows: " + windows + " is less than 1");
    }
    if (!(mean <= 1 + 1e-9) || !(least <= mean + 1e-9)) {
      throw new IllegalArgumentException("mean, least: " + mean + ", " + least + " are no cosines");
    }
  }
}
