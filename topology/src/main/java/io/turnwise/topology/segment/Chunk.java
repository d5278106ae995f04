package io.turnwise.topology.segment;

import io.turnwise.inference.audio.Encoding;

/**
 * A run of coded samples on a channel's timeline, known to be well-formed. Owns its payload.
 *
 * @param position index of the first sample on the timeline, at {@code sampleRate}; 0 to {@link
 *     #MAX_POSITION} as it was sent, later where the channel was heard beyond that already
 * @param capturedAt when the first sample was captured, milliseconds since the epoch
 * @param payload whole samples; empty only where {@code last}
 * @param last nothing follows on this channel
 */
record Chunk(
    long position,
    long capturedAt,
    Encoding encoding,
    int sampleRate,
    byte[] payload,
    boolean last) {
  /** Keeps positions comparable across rates in 64-bit arithmetic; about 265 days at 48 kHz. */
  static final long MAX_POSITION = 1L << 40;

  /**
   * The same after a chunk at it and at any other rate: what of another chunk is left begins there.
   */
  private static final long LATEST = 8 * MAX_POSITION;

  static final int MIN_RATE = 8_000;
  static final int MAX_RATE = 48_000;
  static final int MAX_SECONDS = 60;

  Chunk {
    if (position < 0 || position > LATEST) {
      throw new IllegalArgumentException("position: " + position + " is not in 0.." + LATEST);
    }
    if (sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
      throw new IllegalArgumentException(
          "sampleRate: " + sampleRate + " is not in " + MIN_RATE + ".." + MAX_RATE);
    }
    if (payload.length % encoding.bytesPerSample() != 0) {
      throw new IllegalArgumentException(
          "payload: " + payload.length + " bytes are not whole samples of " + encoding);
    }
    if (payload.length == 0 && !last) {
      throw new IllegalArgumentException("payload: empty on a chunk that is not the last");
    }
  }

  int samples() {
    return payload.length / encoding.bytesPerSample();
  }

  long end() {
    return position + samples();
  }

  /**
   * The part from {@code from} on. Of a chunk that ends before, its end: a source may say that its
   * channel ended where it goes on.
   */
  Chunk from(long from) {
    if (from <= position) {
      return this;
    }
    int skipped = (int) Math.min(samples(), from - position);
    byte[] rest =
        java.util.Arrays.copyOfRange(payload, skipped * encoding.bytesPerSample(), payload.length);
    return new Chunk(
        from,
        capturedAt + Math.round(skipped * 1000.0 / sampleRate),
        encoding,
        sampleRate,
        rest,
        last);
  }

  /** A position at one rate, as the nearest position at another. */
  static long convert(long position, int fromRate, int toRate) {
    return fromRate == toRate ? position : (position * toRate + fromRate / 2) / fromRate;
  }
}
