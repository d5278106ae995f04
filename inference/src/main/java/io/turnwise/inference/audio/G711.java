package io.turnwise.inference.audio;

/**
 * ITU-T G.711's two companding laws, expanded to the 16-bit linear scale and divided by 32768; and
 * mu-law's compression.
 */
final class G711 {
  static final float[] MULAW = new float[256];
  static final float[] ALAW = new float[256];

  static {
    for (int code = 0; code < 256; code++) {
      MULAW[code] = mulaw(code) / 32768f;
      ALAW[code] = alaw(code) / 32768f;
    }
  }

  private G711() {}

  /** G.711 table 2: complemented sign, three segment bits, four steps, bias 33 at 14 bits. */
  private static int mulaw(int code) {
    int bits = ~code;
    int magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84;
    return (bits & 0x80) != 0 ? -magnitude : magnitude;
  }

  /** G.711 table 1: even bits inverted, three segment bits, four steps, 13 bits. */
  private static int alaw(int code) {
    int bits = code ^ 0x55;
    int segment = (bits >> 4) & 7;
    int steps = (bits & 0x0f) << 4;
    int magnitude = segment == 0 ? steps + 8 : (steps + 0x108) << (segment - 1);
    return (bits & 0x80) != 0 ? magnitude : -magnitude;
  }

  /** The mu-law code of a sample in [-1, 1); louder ones are clipped. */
  static byte mulaw(float sample) {
    int linear = Math.round(Math.max(-1, Math.min(1, sample)) * 32768);
    int magnitude = Math.min(Math.abs(linear), 32_635) + 0x84;
    int segment = 24 - Integer.numberOfLeadingZeros(magnitude);
    int step = (magnitude >> (segment + 3)) & 0x0f;
    return (byte) ~((linear < 0 ? 0x80 : 0) | segment << 4 | step);
  }

  static void expand(
      float[] law, byte[] bytes, int offset, int samples, float[] out, int outOffset) {
    for (int i = 0; i < samples; i++) {
      out[outOffset + i] = law[bytes[offset + i] & 0xff];
    }
  }
}
