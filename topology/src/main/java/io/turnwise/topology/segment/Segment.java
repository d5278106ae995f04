package io.turnwise.topology.segment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * 1.5 s of one channel, ready to be embedded.
 *
 * @param index running number on the channel, from 0
 * @param start index of the first sample on the channel's 16 kHz timeline
 * @param length how many samples are the channel's own; the rest, only where a whole timeline is
 *     shorter than a segment, is silence
 * @param capturedAt when the last of them was captured, milliseconds since the epoch
 * @param sourceRate samples a second of the audio it was made from
 * @param samples {@link #SAMPLES} samples at 16 kHz in [-1, 1); owned by the receiver
 * @param speech one flag a 10 ms frame: where somebody speaks
 */
public record Segment(
    long index,
    long start,
    int length,
    long capturedAt,
    int sourceRate,
    float[] samples,
    boolean[] speech) {
  public static final int RATE = 16_000;
  public static final int SAMPLES = 24_000;
  public static final int FRAME_MILLIS = 10;

  private static final int SAMPLES_PER_MILLI = RATE / 1000;

  /** What is quieter than this, in dB relative to full scale, counts as this. */
  private static final double SILENCE = -120;

  public Segment {
    if (samples.length != SAMPLES) {
      throw new IllegalArgumentException(
          "samples: length " + samples.length + " is not " + SAMPLES);
    }
    if (speech.length * FRAME_MILLIS * SAMPLES_PER_MILLI != SAMPLES) {
      throw new IllegalArgumentException(
          "speech: " + speech.length + " frames of 10 ms are not " + SAMPLES + " samples");
    }
    if (length < 0 || length > SAMPLES) {
      throw new IllegalArgumentException("length: " + length + " is not in 0.." + SAMPLES);
    }
  }

  /** An interval of speech in media milliseconds. */
  public record Span(long startMillis, long endMillis) {}

  public long startMillis() {
    return start / SAMPLES_PER_MILLI;
  }

  public long endMillis() {
    return (start + length) / SAMPLES_PER_MILLI;
  }

  public int speechMillis() {
    int frames = 0;
    for (boolean speaks : speech) {
      frames += speaks ? 1 : 0;
    }
    return frames * FRAME_MILLIS;
  }

  /** Where the speech is, ascending. */
  public List<Span> speechSpans() {
    List<Span> spans = new ArrayList<>();
    int begin = -1;
    for (int frame = 0; frame <= speech.length; frame++) {
      boolean speaks = frame < speech.length && speech[frame];
      if (speaks && begin < 0) {
        begin = frame;
      } else if (!speaks && begin >= 0) {
        spans.add(
            new Span(
                startMillis() + (long) begin * FRAME_MILLIS,
                startMillis() + (long) frame * FRAME_MILLIS));
        begin = -1;
      }
    }
    return spans;
  }

  /**
   * Root mean square of the frames with speech in dB relative to full scale, -120 or above; of all
   * samples where no frame has any.
   */
  public float levelDb() {
    double all = 0;
    double spoken = 0;
    int count = 0;
    for (int i = 0; i < SAMPLES; i++) {
      double square = (double) samples[i] * samples[i];
      all += square;
      if (speech[i / (FRAME_MILLIS * SAMPLES_PER_MILLI)]) {
        spoken += square;
        count++;
      }
    }
    double mean = count > 0 ? spoken / count : all / SAMPLES;
    return (float) Math.max(SILENCE, 10 * Math.log10(mean));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Segment that
        && index == that.index
        && start == that.start
        && length == that.length
        && capturedAt == that.capturedAt
        && sourceRate == that.sourceRate
        && Arrays.equals(samples, that.samples)
        && Arrays.equals(speech, that.speech);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(31 * start + index);
  }

  /** Leaves the samples out: a voice is personal data. */
  @Override
  public String toString() {
    return "Segment[index=" + index + ", start=" + start + ", length=" + length + "]";
  }
}
