package io.turnwise.inference.speech;

/** What every gate demands of its arguments. */
final class Segments {
  private Segments() {}

  static void check(float[] segment, int fresh) {
    if (segment.length % SpeechGate.FRAME != 0) {
      throw new IllegalArgumentException(
          "segment: must be a multiple of " + SpeechGate.FRAME + " samples, was " + segment.length);
    }
    if (fresh < 0 || fresh > segment.length || fresh % SpeechGate.FRAME != 0) {
      throw new IllegalArgumentException(
          "fresh: must be a multiple of "
              + SpeechGate.FRAME
              + " from 0 to "
              + segment.length
              + ", was "
              + fresh);
    }
    for (int i = 0; i < segment.length; i++) {
      if (!Float.isFinite(segment[i])) {
        throw new IllegalArgumentException("segment: sample " + i + " is " + segment[i]);
      }
    }
  }
}
