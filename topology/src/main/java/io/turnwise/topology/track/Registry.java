package io.turnwise.topology.track;

import io.turnwise.avro.EnrolledVoice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The enrolled voices of the global store, parsed once and again only after the store has changed.
 * A voice whose vector has not the length of the embeddings its model gives is left out, with a
 * line in the log, and counted once for as long as it is enrolled. A voice's cohort is looked for
 * when the voice is first the nearest to somebody heard, and remembered until the store changes: to
 * look for all of them at each change would take time by the square of their number. One a
 * processor, and so for one calibration; not thread-safe.
 */
final class Registry implements EnrolledVoices {
  private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

  private final ReadOnlyKeyValueStore<String, EnrolledVoice> store;
  private final AtomicLong changes;
  private final Sensor leftOutCount;
  private final Map<String, List<Enrolled>> comparable = new HashMap<>();

  /** By fingerprint and speaker id, as far as they were asked for. */
  private final Map<String, Map<String, Cohort>> cohorts = new HashMap<>();

  /** How many values the embeddings of a model have, as far as they were heard. */
  private final Map<String, Integer> lengths = new HashMap<>();

  private final Set<String> leftOut = new HashSet<>();
  private Map<String, List<Enrolled>> byModel = Map.of();
  private long read = -1;

  /**
   * @param changes grows with each change of the store, after it
   * @param leftOutCount counts the voices that are left out
   */
  Registry(
      ReadOnlyKeyValueStore<String, EnrolledVoice> store, AtomicLong changes, Sensor leftOutCount) {
    this.store = store;
    this.changes = changes;
    this.leftOutCount = leftOutCount;
  }

  /** Learns how many values the embeddings of a model have. */
  void heard(String fingerprint, int length) {
    refresh();
    if (byModel.containsKey(fingerprint)) {
      Integer before = lengths.put(fingerprint, length);
      if (before == null || before != length) {
        comparable.remove(fingerprint);
        cohorts.remove(fingerprint);
      }
    }
  }

  /** The voices of a model; of one that was heard, those that can be compared with it. */
  @Override
  public List<Enrolled> of(String fingerprint) {
    refresh();
    return comparable.computeIfAbsent(fingerprint, this::comparable);
  }

  @Override
  public Cohort cohortOf(Enrolled voice, Function<Enrolled, Cohort> reckoning) {
    return cohorts
        .computeIfAbsent(voice.fingerprint(), model -> new HashMap<>())
        .computeIfAbsent(voice.speakerId(), id -> reckoning.apply(voice));
  }

  private List<Enrolled> comparable(String fingerprint) {
    List<Enrolled> all = byModel.getOrDefault(fingerprint, List.of());
    Integer length = lengths.get(fingerprint);
    if (length == null) {
      return all;
    }
    List<Enrolled> fitting = all.stream().filter(voice -> voice.voice().length == length).toList();
    if (fitting.size() < all.size()) {
      LOG.warn(
          "{} of {} enrolled voices of model {} are left out: their vectors have not the {} values"
              + " of the model's embeddings; enrol them anew",
          all.size() - fitting.size(),
          all.size(),
          fingerprint,
          length);
      for (Enrolled voice : all) {
        if (voice.voice().length != length && leftOut.add(voice.speakerId())) {
          leftOutCount.record();
        }
      }
    }
    return fitting;
  }

  private void refresh() {
    long now = changes.get();
    if (now != read) {
      byModel = parse();
      comparable.clear();
      cohorts.clear();
      lengths.keySet().retainAll(byModel.keySet());
      read = now;
    }
  }

  private Map<String, List<Enrolled>> parse() {
    Map<String, List<Enrolled>> parsed = new HashMap<>();
    List<Enrolled> voices = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    try (KeyValueIterator<String, EnrolledVoice> all = store.all()) {
      while (all.hasNext()) {
        Enrolled voice = Enrolled.of(all.next().value);
        voices.add(voice);
        ids.add(voice.speakerId());
      }
    }
    leftOut.retainAll(ids);
    voices.sort(Comparator.comparing(Enrolled::speakerId));
    for (Enrolled voice : voices) {
      parsed.computeIfAbsent(voice.fingerprint(), model -> new ArrayList<>()).add(voice);
    }
    return parsed;
  }
}
