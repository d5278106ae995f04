package io.turnwise.inference.speech;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Turns frames into stretches of speech: bridges short pauses and removes clicks, also across the
 * segment's start, where it knows what was decided before.
 */
final class SpeechRuns {
  /** The longest pause within one stretch, in frames: a quarter of a second. */
  private static final int PAUSE = 25;

  /** A shorter stretch is a click, in frames. */
  private static final int CLICK = 7;

  /** Frames before a segment that can still touch it. */
  private static final int CONTEXT = 2 * PAUSE;

  /** Length of the written state. */
  static final int BYTES = RecentFrames.BYTES;

  private final RecentFrames past;

  SpeechRuns() {
    this(new RecentFrames());
  }

  private SpeechRuns(RecentFrames past) {
    this.past = past;
  }

  /** Revises a segment of which the first {@code seen} frames were in the segment before. */
  boolean[] smooth(boolean[] segment, int seen) {
    boolean[] before = past.before(seen, CONTEXT);
    boolean[] speech = Arrays.copyOf(before, before.length + segment.length);
    System.arraycopy(segment, 0, speech, before.length, segment.length);
    bridge(speech);
    removeClicks(speech);
    boolean[] smoothed = Arrays.copyOfRange(speech, before.length, speech.length);
    past.append(smoothed, seen);
    return smoothed;
  }

  private static void bridge(boolean[] speech) {
    int last = -1;
    for (int frame = 0; frame < speech.length; frame++) {
      if (speech[frame]) {
        if (last >= 0 && frame - last - 1 <= PAUSE) {
          Arrays.fill(speech, last + 1, frame, true);
        }
        last = frame;
      }
    }
  }

  private static void removeClicks(boolean[] speech) {
    for (int frame = 0; frame < speech.length; ) {
      int end = frame;
      while (end < speech.length && speech[end]) {
        end++;
      }
      // A stretch at the end may still grow.
      if (end - frame < CLICK && end < speech.length) {
        Arrays.fill(speech, frame, end, false);
      }
      frame = end + 1;
    }
  }

  void write(ByteBuffer to) {
    past.write(to);
  }

  static SpeechRuns read(ByteBuffer from) {
    return new SpeechRuns(RecentFrames.read(from));
  }
}
