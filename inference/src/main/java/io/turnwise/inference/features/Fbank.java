package io.turnwise.inference.features;

/** Kaldi-compatible log-mel filter bank (see the class's constants). Thread-safe, immutable. */
public final class Fbank {
  /** Features of 16 kHz samples in [-1, 1), without mean subtraction; only whole frames. */
  public Features compute(float[] samples, int offset, int length) {
    throw new IllegalStateException("stub");
  }

  /** The same, each bin's mean over time subtracted: what the models take. */
  public Features computeCentred(float[] samples, int offset, int length) {
    throw new IllegalStateException("stub");
  }
}
