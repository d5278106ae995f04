package io.turnwise.inference.speech;

/**
 * The voice-activity detector of one channel. It is shown each segment in turn and says, for every
 * 10 ms frame of the segment, whether somebody speaks. Segments overlap: the fresh samples at a
 * segment's end follow directly on the previous segment's end; the samples before them were seen
 * already, and decisions about them may be revised with what has been heard since. Deterministic;
 * stateful; not thread-safe.
 */
public interface SpeechGate {
  /** Samples of one decision: 10 ms at 16 kHz. */
  int FRAME = 160;

  /**
   * Decides about one segment.
   *
   * @param segment samples at 16 kHz in [-1, 1), a multiple of {@link #FRAME}
   * @param fresh how many of its last samples were not in any segment before, a multiple of {@link
   *     #FRAME}, 0 to segment.length; equal to segment.length for the first segment and after a
   *     break in the timeline
   * @return one decision a frame of the whole segment
   */
  boolean[] decide(float[] segment, int fresh);

  /** What the gate remembers; resuming from it continues bit for bit. At most 1 KiB. */
  byte[] state();

  /** Makes gates; immutable or thread-safe, shared by all channels. */
  interface Factory extends AutoCloseable {
    /** Name for logs and the run's description, such as {@code energy} or {@code silero}. */
    String name();

    SpeechGate start();

    /** Restores a gate from {@link SpeechGate#state()}. */
    SpeechGate resume(byte[] state);

    @Override
    void close();
  }
}
