package io.turnwise.inference.model;

import io.turnwise.inference.calibration.Calibration;

/**
 * The space that a model's embeddings lie in: what is needed to compare them, without the model.
 *
 * @param fingerprint SHA-256 of the model file, 64 lower-case hexadecimal digits
 * @param dimension length of the embeddings, 1 or more
 * @param threshold see {@link Model#threshold()}
 * @param calibration see {@link Model#calibration()}
 */
public record VoiceSpace(
    String fingerprint, int dimension, float threshold, Calibration calibration) {
  public VoiceSpace {
    if (fingerprint.isEmpty()) {
      throw new IllegalArgumentException("fingerprint: is empty");
    }
    if (dimension < 1) {
      throw new IllegalArgumentException("dimension: " + dimension + " is less than 1");
    }
    if (!(threshold >= -1 && threshold <= 1)) {
      throw new IllegalArgumentException("threshold: " + threshold + " is not -1 to 1");
    }
    if (calibration == null) {
      throw new IllegalArgumentException("calibration: is missing");
    }
  }
}
