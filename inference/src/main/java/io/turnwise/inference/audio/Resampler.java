package io.turnwise.inference.audio;

/**
 * A streaming, anti-aliased polyphase resampler from one input rate to 16 kHz. Output sample n of a
 * run lies at time n / 16000 s after the run's first input sample, so that there is no delay on the
 * timeline; it is given out once the inputs its filter covers are there. The output does not depend
 * on how the input was cut into pushes. Stateful, not thread-safe.
 */
public final class Resampler {
  public static final int OUTPUT_RATE = 16_000;

  /** A run that begins here: inputs before its first sample count as silence. */
  public static Resampler start(int inputRate) {
    throw new IllegalStateException("stub");
  }

  /**
   * Goes on with a run of which the inputs before {@code inputOffset} are gone. Its first output is
   * the first sample whose filter covers only inputs at or after {@code inputOffset} (or, for
   * inputOffset 0, sample 0); from there on the outputs equal, bit for bit, those of the run that
   * was never interrupted.
   */
  public static Resampler resume(int inputRate, long inputOffset) {
    throw new IllegalStateException("stub");
  }

  /**
   * Offset, in the run, of the first input sample that output {@code outputIndex} depends on; 0 at
   * least.
   */
  public static long firstInputFor(int inputRate, long outputIndex) {
    throw new IllegalStateException("stub");
  }

  public int inputRate() {
    throw new IllegalStateException("stub");
  }

  /** Index, in the run, of the next output sample. */
  public long nextOutput() {
    throw new IllegalStateException("stub");
  }

  /** Takes the next inputs and returns the outputs that have become computable; may be empty. */
  public float[] push(float[] input, int offset, int length) {
    throw new IllegalStateException("stub");
  }

  /**
   * Ends the run as if silence followed, and returns the rest, so that a run of n inputs gives
   * {@code round(n * 16000 / inputRate)} outputs in all. Not usable afterwards.
   */
  public float[] flush() {
    throw new IllegalStateException("stub");
  }
}
