package io.turnwise.inference.features;

/**
 * Log-mel features of a stretch of audio.
 *
 * @param values frames x bins, row-major; owned by the receiver
 * @param frames number of 10 ms frames
 * @param bins number of mel bins
 */
public record Features(float[] values, int frames, int bins) {
  public Features {
    if (values.length != frames * bins) {
      throw new IllegalArgumentException(
          "values: length " + values.length + " is not frames " + frames + " x bins " + bins);
    }
  }
}
