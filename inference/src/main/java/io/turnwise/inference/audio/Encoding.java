package io.turnwise.inference.audio;

/** How samples are coded in a payload: linear PCM or ITU-T G.711. */
public enum Encoding {
  PCM_S16LE(2),
  MULAW(1),
  ALAW(1);

  private final int bytesPerSample;

  Encoding(int bytesPerSample) {
    this.bytesPerSample = bytesPerSample;
  }

  public int bytesPerSample() {
    return bytesPerSample;
  }

  /**
   * Decodes consecutive samples to floats in [-1, 1): the 16-bit linear value divided by 32768.
   *
   * @param bytes coded samples
   * @param offset first byte to read
   * @param samples how many samples to decode
   * @param out receives the samples from {@code outOffset} on
   */
  public void decode(byte[] bytes, int offset, int samples, float[] out, int outOffset) {
    throw new IllegalStateException("stub");
  }
}
