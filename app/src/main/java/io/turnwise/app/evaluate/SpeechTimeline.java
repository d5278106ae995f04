package io.turnwise.app.evaluate;

import io.turnwise.topology.segment.Segment;
import java.util.BitSet;

/**
 * Where one channel's speech is, as the gate saw it: in frames of 10 ms, the latest segment that
 * covers a frame decides about it. Not thread-safe.
 */
public final class SpeechTimeline {
  private final BitSet speech = new BitSet();

  /**
   * A timeline that is known already.
   *
   * @param frames where speech is, in frames of 10 ms; copied
   */
  public static SpeechTimeline of(BitSet frames) {
    SpeechTimeline timeline = new SpeechTimeline();
    timeline.speech.or(frames);
    return timeline;
  }

  void add(Segment segment) {
    int first = (int) (segment.startMillis() / Segment.FRAME_MILLIS);
    int own = (int) ((segment.endMillis() - segment.startMillis()) / Segment.FRAME_MILLIS);
    boolean[] frames = segment.speech();
    for (int i = 0; i < Math.min(own, frames.length); i++) {
      speech.set(first + i, frames[i]);
    }
  }

  /**
   * Where the first speech at or after a moment begins, in milliseconds; -1 where there is none.
   */
  long nextStart(long fromMillis) {
    int frame = speech.nextSetBit((int) (fromMillis / Segment.FRAME_MILLIS));
    return frame < 0 ? -1 : Math.max(fromMillis, (long) frame * Segment.FRAME_MILLIS);
  }

  /** Where the speech that goes on at a moment ends, in milliseconds. */
  long end(long fromMillis) {
    return (long) speech.nextClearBit((int) (fromMillis / Segment.FRAME_MILLIS))
        * Segment.FRAME_MILLIS;
  }
}
