package io.turnwise.app.evaluate;

import io.turnwise.app.evaluate.TrackingComparison.Contender;
import io.turnwise.avro.SpeakerEmbedding;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The best a way of labelling segments can do with one threshold for all recordings: the threshold
 * is the one of {@value #STEPS} between 0 and 1 with the least DER on these very recordings, the
 * lowest of equals.
 */
final class Tuning {
  private static final int STEPS = 100;

  private final List<EmbeddedRecording> recordings;
  private final double collar;

  /**
   * @param recordings one at least
   * @param collar seconds on either side of each boundary of the reference that are not scored
   */
  Tuning(List<EmbeddedRecording> recordings, double collar) {
    if (recordings.isEmpty()) {
      throw new IllegalArgumentException("recordings: is empty");
    }
    this.recordings = List.copyOf(recordings);
    this.collar = collar;
  }

  /** A way of labelling one recording's segments, for any threshold. */
  @FunctionalInterface
  interface Labelling {
    int[] labels(double threshold);
  }

  /** What makes a labelling of a recording's embeddings. */
  @FunctionalInterface
  interface Method {
    Labelling of(List<float[]> segments);
  }

  /** Tunes a method. */
  Contender best(String name, Method method) {
    List<Labelling> labellings =
        recordings.stream().map(recording -> method.of(vectors(recording))).toList();
    Contender best = at(name, labellings, 0);
    for (int step = 1; step < STEPS; step++) {
      Contender next = at(name, labellings, (double) step / STEPS);
      if (next.all().rate() < best.all().rate()) {
        best = next;
      }
    }
    return best;
  }

  private Contender at(String name, List<Labelling> labellings, double threshold) {
    SortedMap<String, DiarizationError> files = new TreeMap<>();
    for (int i = 0; i < recordings.size(); i++) {
      EmbeddedRecording recording = recordings.get(i);
      files.put(
          recording.name(),
          DiarizationError.of(
              recording.reference(),
              recording
                  .labelled(
                      SegmentLabels.events(
                          recording.embeddings(), labellings.get(i).labels(threshold)))
                  .revised(),
              collar));
    }
    return new Contender(name, threshold, files);
  }

  private static List<float[]> vectors(EmbeddedRecording recording) {
    return recording.embeddings().stream().map(Tuning::vector).toList();
  }

  private static float[] vector(SpeakerEmbedding embedding) {
    List<Float> values = embedding.getVector();
    float[] vector = new float[values.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = values.get(i);
    }
    return vector;
  }
}
