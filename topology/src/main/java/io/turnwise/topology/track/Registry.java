package io.turnwise.topology.track;

import io.turnwise.avro.EnrolledVoice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * The enrolled voices of the global store, parsed once and again only after the store has changed.
 * One a processor; not thread-safe.
 */
final class Registry implements EnrolledVoices {
  private final ReadOnlyKeyValueStore<String, EnrolledVoice> store;
  private final AtomicLong changes;
  private Map<String, List<Enrolled>> byModel = Map.of();
  private long read = -1;

  /**
   * @param changes grows with each change of the store, after it
   */
  Registry(ReadOnlyKeyValueStore<String, EnrolledVoice> store, AtomicLong changes) {
    this.store = store;
    this.changes = changes;
  }

  @Override
  public List<Enrolled> of(String fingerprint) {
    long now = changes.get();
    if (now != read) {
      byModel = parse();
      read = now;
    }
    return byModel.getOrDefault(fingerprint, List.of());
  }

  private Map<String, List<Enrolled>> parse() {
    Map<String, List<Enrolled>> parsed = new HashMap<>();
    List<Enrolled> voices = new ArrayList<>();
    try (KeyValueIterator<String, EnrolledVoice> all = store.all()) {
      while (all.hasNext()) {
        voices.add(Enrolled.of(all.next().value));
      }
    }
    voices.sort(java.util.Comparator.comparing(Enrolled::speakerId));
    for (Enrolled voice : voices) {
      parsed.computeIfAbsent(voice.fingerprint(), model -> new ArrayList<>()).add(voice);
    }
    return parsed;
  }
}
