package io.turnwise.topology.track;

import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One segment as the tracker sees it.
 *
 * @param channel the channel it was heard on, 0 to 255
 * @param span the segment's extent on the channel's timeline
 * @param speech where in the segment the speech is: ascending, not overlapping, inside {@code
 *     span}; not empty
 * @param voice the embedding, scaled to length 1; not copied, must not be changed afterwards
 * @param fingerprint SHA-256 of the model file; voices are compared within one model only
 * @param levelDb how loud the speech is, in dB relative to full scale; NaN where not known
 * @param telephone whether it came through a telephone: not more than 8000 samples a second
 * @param role whose side of the call the channel carries
 * @param capturedAt when the segment's last sample was captured
 */
public record Observation(
    int channel,
    Span span,
    List<Span> speech,
    float[] voice,
    String fingerprint,
    float levelDb,
    boolean telephone,
    Role role,
    Instant capturedAt) {

  private static final int TELEPHONE_RATE = 8000;

  public Observation {
    if (channel < 0 || channel > 255) {
      throw new IllegalArgumentException("channel is " + channel + ", not 0 to 255");
    }
    if (speech.isEmpty()) {
      throw new IllegalArgumentException("speech is empty");
    }
    speech = List.copyOf(speech);
  }

  /**
   * Reads a published embedding.
   *
   * @throws IllegalArgumentException if the vector has no direction (zero, empty or not finite) or
   *     a field is out of range
   */
  public static Observation of(SpeakerEmbedding embedding) {
    Span segment = new Span(embedding.getStartMillis(), embedding.getEndMillis());
    List<Span> speech = new ArrayList<>(embedding.getSpeech().size());
    for (SpeechSpan part : embedding.getSpeech()) {
      speech.add(new Span(part.getStartMillis(), part.getEndMillis()));
    }
    if (speech.isEmpty()) {
      speech.add(segment);
    }
    return new Observation(
        embedding.getChannel(),
        segment,
        speech,
        UnitVector.of(embedding.getVector()),
        embedding.getModelFingerprint(),
        embedding.getLevelDb() == null ? Float.NaN : embedding.getLevelDb(),
        embedding.getSampleRate() > 0 && embedding.getSampleRate() <= TELEPHONE_RATE,
        embedding.getRole(),
        embedding.getCapturedAt());
  }

  /** Milliseconds of speech. */
  public long speechMillis() {
    long sum = 0;
    for (Span part : speech) {
      sum += part.millis();
    }
    return sum;
  }
}
