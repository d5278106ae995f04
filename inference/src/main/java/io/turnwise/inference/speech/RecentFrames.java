package io.turnwise.inference.speech;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The last 2.56 s of one channel's decisions, one bit a frame. */
final class RecentFrames {
  private static final int FRAMES = 256;

  /** Length of the written state. */
  static final int BYTES = FRAMES / 8;

  /** The latest at the end; before the channel began there was no speech. */
  private boolean[] frames = new boolean[FRAMES];

  /**
   * Up to {@code count} decisions that end {@code later} frames before the latest; fewer, or none,
   * where they are no longer known.
   */
  boolean[] before(int later, int count) {
    int end = FRAMES - Math.min(later, FRAMES);
    return Arrays.copyOfRange(frames, Math.max(0, end - count), end);
  }

  /** Puts {@code decisions} in the place of the last {@code revised} frames and after them. */
  void append(boolean[] decisions, int revised) {
    boolean[] kept = before(revised, FRAMES);
    boolean[] next = new boolean[FRAMES];
    int taken = Math.min(decisions.length, FRAMES);
    System.arraycopy(decisions, decisions.length - taken, next, FRAMES - taken, taken);
    int old = Math.min(FRAMES - taken, kept.length);
    System.arraycopy(kept, kept.length - old, next, FRAMES - taken - old, old);
    frames = next;
  }

  void write(ByteBuffer to) {
    for (int i = 0; i < FRAMES; i += 8) {
      int bits = 0;
      for (int bit = 0; bit < 8; bit++) {
        bits = bits << 1 | (frames[i + bit] ? 1 : 0);
      }
      to.put((byte) bits);
    }
  }

  static RecentFrames read(ByteBuffer from) {
    RecentFrames recent = new RecentFrames();
    for (int i = 0; i < FRAMES; i += 8) {
      int bits = from.get();
      for (int bit = 0; bit < 8; bit++) {
        recent.frames[i + bit] = (bits >> (7 - bit) & 1) != 0;
      }
    }
    return recent;
  }
}
