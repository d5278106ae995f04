package io.turnwise.app.evaluate;

import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A recording as one run of the production topology embedded it, to be tracked any number of times.
 * Capture times are {@link Instant#EPOCH} plus media time. Immutable as long as nobody adds to its
 * timelines.
 *
 * @param name the recording's name, which is the call id of its embeddings
 * @param embeddings what was published, in that order, all channels together
 * @param speech where the gate heard speech, by channel from 0; each channel that was heard has one
 * @param ends when the last sample of each channel was captured
 * @param segments number of segments that were cut, those without speech too
 * @param reference who spoke when; empty where nobody said
 */
record EmbeddedRecording(
    String name,
    List<SpeakerEmbedding> embeddings,
    SortedMap<Integer, SpeechTimeline> speech,
    SortedMap<Integer, Instant> ends,
    long segments,
    List<Turn> reference) {
  EmbeddedRecording {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("name: is empty");
    }
    if (!speech.keySet().equals(ends.keySet())) {
      throw new IllegalArgumentException(
          "ends: of the channels " + ends.keySet() + ", and speech of " + speech.keySet());
    }
    for (SpeakerEmbedding embedding : embeddings) {
      if (!speech.containsKey(embedding.getChannel())) {
        throw new IllegalArgumentException(
            "embeddings: channel " + embedding.getChannel() + " has no speech timeline");
      }
    }
    embeddings = List.copyOf(embeddings);
    speech = Collections.unmodifiableSortedMap(new TreeMap<>(speech));
    ends = Collections.unmodifiableSortedMap(new TreeMap<>(ends));
    reference = List.copyOf(reference);
  }

  /**
   * The recording as events label it.
   *
   * @param events of this call
   */
  Replayed labelled(List<SpeakerChange> events) {
    return new Replayed(speech, events, segments);
  }
}
