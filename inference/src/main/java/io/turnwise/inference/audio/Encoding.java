package io.turnwise.inference.audio;

import java.util.Objects;

/** How samples are coded in a payload: linear PCM or ITU-T G.711. */
public enum Encoding {
  PCM_S16LE(2) {
    @Override
    void decodeChecked(byte[] bytes, int offset, int samples, float[] out, int outOffset) {
      for (int i = 0, at = offset; i < samples; i++, at += 2) {
        out[outOffset + i] = ((bytes[at + 1] << 8) | (bytes[at] & 0xff)) * SCALE;
      }
    }
  },
  MULAW(1) {
    @Override
    void decodeChecked(byte[] bytes, int offset, int samples, float[] out, int outOffset) {
      G711.expand(G711.MULAW, bytes, offset, samples, out, outOffset);
    }
  },
  ALAW(1) {
    @Override
    void decodeChecked(byte[] bytes, int offset, int samples, float[] out, int outOffset) {
      G711.expand(G711.ALAW, bytes, offset, samples, out, outOffset);
    }
  };

  private static final float SCALE = 1f / 32768;

  private final int bytesPerSample;

  Encoding(int bytesPerSample) {
    this.bytesPerSample = bytesPerSample;
  }

  public int bytesPerSample() {
    return bytesPerSample;
  }

  /**
   * Decodes consecutive samples to floats in [-1, 1): the 16-bit linear value divided by 32768,
   * which a float holds exactly.
   *
   * @param bytes coded samples
   * @param offset first byte to read
   * @param samples how many samples to decode
   * @param out receives the samples from {@code outOffset} on
   * @throws IndexOutOfBoundsException if either array is too short; nothing is written then
   */
  public void decode(byte[] bytes, int offset, int samples, float[] out, int outOffset) {
    Objects.checkFromIndexSize(offset, Math.multiplyExact(samples, bytesPerSample), bytes.length);
    Objects.checkFromIndexSize(outOffset, samples, out.length);
    decodeChecked(bytes, offset, samples, out, outOffset);
  }

  abstract void decodeChecked(byte[] bytes, int offset, int samples, float[] out, int outOffset);
}
