package io.turnwise.topology.shed;

import io.turnwise.topology.segment.Segment;

/**
 * Decides for one channel which of its segments are embedded, given how late each is. Knows neither
 * Kafka nor clocks. Not thread-safe.
 *
 * <p>Never left out: the first segments of a channel; those in which somebody begins to speak after
 * a pause; the first ones after an embedding that is unlike the one before, where a voice may be
 * new; and whatever would leave speech unheard that is not the fading end of a stretch.
 *
 * <p>Shedding begins when a record is {@link SheddingRules#lateMillis()} late and ends at half of
 * that; what fades out goes at twice that, and is heard again at once.
 */
public final class ChannelShedding {
  /** How many embeddings a tracker wants of a voice before it tells it apart. */
  private static final int GUARDED = 4;

  /** Silence of so many frames of 10 ms parts two stretches of speech. */
  private static final int PAUSE_FRAMES = 20;

  private static final int SAMPLES_PER_MILLI = Segment.RATE / 1000;

  private final SheddingRules rules;
  private Shedding level = Shedding.NONE;
  private float[] last = {};
  private long heardTo = Long.MIN_VALUE;
  private int guarded = GUARDED;

  public ChannelShedding(SheddingRules rules) {
    this.rules = rules;
  }

  /**
   * Decides about the channel's next segment with enough speech in it.
   *
   * @param lateMillis how late it is
   */
  public Verdict decide(Segment segment, long lateMillis) {
    level = level(lateMillis);
    if (level == Shedding.NONE
        || guarded > 0
        || segment.start() > heardTo
        || beginsToSpeak(segment.speech())) {
      return Verdict.EMBED;
    }
    if (segment.start() + (long) rules.hopMillis() * SAMPLES_PER_MILLI <= heardTo) {
      return Verdict.LEAVE_TO_NEIGHBOURS;
    }
    return level == Shedding.HOP_AND_SILENCE && fadesOut(segment.speech())
        ? Verdict.LEAVE_FADING
        : Verdict.EMBED;
  }

  /**
   * Takes note of a segment that was embedded.
   *
   * @param vector its embedding, of any length but 0; kept, not changed
   */
  public void embedded(Segment segment, float[] vector) {
    boolean first = last.length == 0;
    if (!first && cosine(last, vector) < rules.threshold()) {
      guarded = GUARDED;
    } else if (!first && guarded > 0) {
      guarded--;
    }
    last = vector;
    heardTo = segment.start() + segment.length();
  }

  private Shedding level(long late) {
    if (late >= 2 * rules.lateMillis()) {
      return rules.shedding();
    }
    boolean goesOn = level != Shedding.NONE && late >= rules.lateMillis() / 2;
    return rules.sheds() && (goesOn || late >= rules.lateMillis()) ? Shedding.HOP : Shedding.NONE;
  }

  /** Whether speech follows a pause. */
  private static boolean beginsToSpeak(boolean[] speech) {
    int silent = 0;
    for (boolean speaks : speech) {
      if (speaks && silent >= PAUSE_FRAMES) {
        return true;
      }
      silent = speaks ? 0 : silent + 1;
    }
    return false;
  }

  private static boolean fadesOut(boolean[] speech) {
    for (int frame = speech.length - PAUSE_FRAMES; frame < speech.length; frame++) {
      if (speech[frame]) {
        return false;
      }
    }
    return true;
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double squareA = 0;
    double squareB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      squareA += (double) a[i] * a[i];
      squareB += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(squareA * squareB);
  }
}
