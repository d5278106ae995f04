package io.turnwise.topology.replay;

import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.topology.track.Observation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says whether a record of the embeddings topic is one the tracker can hear. Immutable. */
final class EmbeddingReader {
  private static final int CALL_ID_CHARACTERS = 256;
  private static final int CHANNELS = 256;
  private static final int MODEL_CHARACTERS = 256;
  private static final int MAX_DIMENSION = 65_536;
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

  /** As far as a chunk of audio may lie on its timeline, some 4 years; keeps sums from wrapping. */
  private static final long MAX_MILLIS = (1L << 40) / 8;

  /** A minute: what is longer holds more than one turn. */
  private static final long MAX_SEGMENT_MILLIS = 60_000;

  /** A segment may end within its last frame, and its speech with the frame. */
  private static final long FRAME_MILLIS = 10;

  private final Map<String, VoiceSpace> spaces;
  private final boolean anyModel;

  /**
   * @param spaces the models that are known, by fingerprint
   * @param anyModel whether others are heard too
   */
  EmbeddingReader(Map<String, VoiceSpace> spaces, boolean anyModel) {
    this.spaces = spaces;
    this.anyModel = anyModel;
  }

  /**
   * @param key the record's key
   * @return what is wrong with it: the field, the value, what to do; empty where nothing is
   */
  Optional<String> fault(String key, SpeakerEmbedding embedding) {
    String call = embedding.getCall();
    if (call.isEmpty() || call.length() > CALL_ID_CHARACTERS) {
      return Optional.of(
          "call: has " + call.length() + " characters; give it 1 to " + CALL_ID_CHARACTERS);
    }
    if (!call.equals(key)) {
      return Optional.of("call: differs from the record's key; use the call id as the key");
    }
    if (embedding.getChannel() < 0 || embedding.getChannel() >= CHANNELS) {
      return Optional.of("channel: " + embedding.getChannel() + " is not in 0.." + (CHANNELS - 1));
    }
    return faultOfSpan(embedding)
        .or(() -> faultOfSpeech(embedding))
        .or(() -> faultOfModel(embedding))
        .or(() -> faultOfVector(embedding));
  }

  private static Optional<String> faultOfSpan(SpeakerEmbedding embedding) {
    long start = embedding.getStartMillis();
    long end = embedding.getEndMillis();
    if (embedding.getSegment() < 0) {
      return Optional.of("segment: " + embedding.getSegment() + " is less than 0");
    }
    if (start < 0 || start > MAX_MILLIS) {
      return Optional.of("startMillis: " + start + " is not in 0.." + MAX_MILLIS);
    }
    if (end <= start || end - start > MAX_SEGMENT_MILLIS) {
      return Optional.of(
          "endMillis: "
              + end
              + " is not after startMillis "
              + start
              + " by 1.."
              + MAX_SEGMENT_MILLIS);
    }
    return Optional.empty();
  }

  private static Optional<String> faultOfSpeech(SpeakerEmbedding embedding) {
    long start = embedding.getStartMillis();
    long end = embedding.getEndMillis() + FRAME_MILLIS;
    long millis = embedding.getSpeechMillis();
    if (millis < 0 || millis > end - start) {
      return Optional.of("speechMillis: " + millis + " is not in 0..(endMillis - startMillis)");
    }
    long sum = 0;
    long from = start;
    List<SpeechSpan> speech = embedding.getSpeech();
    for (int i = 0; i < speech.size(); i++) {
      SpeechSpan span = speech.get(i);
      if (span.getStartMillis() < from
          || span.getEndMillis() <= span.getStartMillis()
          || span.getEndMillis() > end) {
        return Optional.of(
            "speech["
                + i
                + "]: "
                + span.getStartMillis()
                + " to "
                + span.getEndMillis()
                + " does not lie in the segment, "
                + start
                + " to "
                + embedding.getEndMillis()
                + ", after the one before");
      }
      sum += span.getEndMillis() - span.getStartMillis();
      from = span.getEndMillis();
    }
    if (!speech.isEmpty() && sum != millis) {
      return Optional.of("speechMillis: " + millis + " is not the sum of speech, " + sum + " ms");
    }
    if (embedding.getSampleRate() < 0) {
      return Optional.of(
          "sampleRate: " + embedding.getSampleRate() + " is less than 0; 0 stands for not known");
    }
    Float level = embedding.getLevelDb();
    if (level != null && !Float.isFinite(level)) {
      return Optional.of("levelDb: " + level + " is not finite; leave out what was not measured");
    }
    return Optional.empty();
  }

  private Optional<String> faultOfModel(SpeakerEmbedding embedding) {
    String fingerprint = embedding.getModelFingerprint();
    if (!FINGERPRINT.matcher(fingerprint).matches()) {
      return Optional.of(
          "modelFingerprint: is not 64 lower-case hexadecimal digits; give the SHA-256 of the"
              + " model file");
    }
    int name = embedding.getModel().length();
    if (name > MODEL_CHARACTERS) {
      return Optional.of(
          "model: has " + name + " characters; give it " + MODEL_CHARACTERS + " at most");
    }
    if (!anyModel && !spaces.containsKey(fingerprint)) {
      return Optional.of(
          "modelFingerprint: "
              + fingerprint
              + " is of no model in the manifest, so its threshold is not known; set"
              + " turnwise.threshold, or add the model to the manifest");
    }
    return Optional.empty();
  }

  private Optional<String> faultOfVector(SpeakerEmbedding embedding) {
    int length = embedding.getVector().size();
    VoiceSpace space = spaces.get(embedding.getModelFingerprint());
    if (space != null && length != space.dimension()) {
      return Optional.of(
          "vector: has "
              + length
              + " values, and its model in the manifest gives "
              + space.dimension());
    }
    if (length > MAX_DIMENSION) {
      return Optional.of("vector: has " + length + " values, more than " + MAX_DIMENSION);
    }
    try {
      Observation.of(embedding);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage() + "; leave out segments the model gave no embedding for");
    }
  }
}
