package io.turnwise.topology.shed;

import io.turnwise.topology.segment.Segment;

/**
 * Decides for one channel which of its segments are embedded, given how late each is. Knows neither
 * Kafka nor clocks. Not thread-safe.
 *
 * <p>Never left out: the first segments of a channel; those in which somebody begins to speak after
 * a pause; the first ones after an embedding that is unlike those before, where a voice may be new;
 * and whatever would leave speech unheard that is not the fading end of a stretch.
 *
 * <p>Shedding begins when a record is {@link SheddingRules#lateMillis()} late and ends at half of
 * that; what fades out goes at twice that, and is heard again at once.
 */
public final class ChannelShedding {
  /** With the one before them 3 s of speech at the usual hop: what a voice is confirmed by. */
  private static final int GUARDED = 2;

  /** Silence of so many frames of 10 ms parts two stretches of speech. */
  private static final int PAUSE_FRAMES = 30;

  /** Of a beginning, so much must have been in an embedding before it counts as heard. */
  private static final int HEARD_FRAMES = 50;

  /** Weight of a new embedding in the mean of what has been alike. */
  private static final double RECENT = 0.25;

  private static final int SAMPLES_PER_MILLI = Segment.RATE / 1000;
  private static final int SAMPLES_PER_FRAME = Segment.FRAME_MILLIS * SAMPLES_PER_MILLI;

  private final SheddingRules rules;
  private Shedding level = Shedding.NONE;
  private double[] mean = {};
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
        || beginsToSpeak(segment)) {
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
   * @param vector its embedding, of any length but 0
   */
  public void embedded(Segment segment, float[] vector) {
    boolean first = mean.length == 0;
    double[] unit = unit(vector);
    if (!first && dot(mean, unit) / Math.sqrt(dot(mean, mean)) < rules.threshold()) {
      guarded = GUARDED;
      mean = unit;
    } else if (!first) {
      guarded = Math.max(0, guarded - 1);
      for (int i = 0; i < mean.length; i++) {
        mean[i] += RECENT * (unit[i] - mean[i]);
      }
    } else {
      mean = unit;
    }
    heardTo = segment.start() + segment.length();
  }

  private Shedding level(long late) {
    if (late >= 2 * rules.lateMillis()) {
      return rules.shedding();
    }
    boolean goesOn = level != Shedding.NONE && late >= rules.lateMillis() / 2;
    return rules.sheds() && (goesOn || late >= rules.lateMillis()) ? Shedding.HOP : Shedding.NONE;
  }

  /** Whether speech follows a pause, of which little has been embedded. */
  private boolean beginsToSpeak(Segment segment) {
    long heard = (heardTo - segment.start()) / SAMPLES_PER_FRAME - HEARD_FRAMES;
    int silent = 0;
    for (int frame = 0; frame < segment.speech().length; frame++) {
      if (segment.speech()[frame]) {
        if (silent >= PAUSE_FRAMES && frame > heard) {
          return true;
        }
        silent = 0;
      } else {
        silent++;
      }
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

  private static double[] unit(float[] vector) {
    double square = 0;
    for (float value : vector) {
      square += (double) value * value;
    }
    double[] unit = new double[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = vector[i] / Math.sqrt(square);
    }
    return unit;
  }

  private static double dot(double[] a, double[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
    }
    return dot;
  }
}
