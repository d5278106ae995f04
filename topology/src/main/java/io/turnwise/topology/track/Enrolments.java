package io.turnwise.topology.track;

import io.turnwise.avro.EnrolledVoice;
import io.turnwise.topology.track.EnrolledVoices.Enrolled;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who is enrolled now, parsed once for all tasks of an instance. Whoever keeps the global store
 * says what changes in it. Thread-safe.
 */
public final class Enrolments {
  private final Map<String, String> modelOf = new HashMap<>();
  private final Map<String, SortedMap<String, Enrolled>> byModel = new HashMap<>();
  private final Map<String, List<Enrolled>> lists = new HashMap<>();

  /**
   * Takes a voice in, in place of what was enrolled under its id.
   *
   * @throws IllegalArgumentException as of {@link Enrolled#of}; nothing has changed then
   */
  public void put(EnrolledVoice registered) {
    Enrolled voice = Enrolled.of(registered);
    synchronized (this) {
      remove(voice.speakerId());
      modelOf.put(voice.speakerId(), voice.fingerprint());
      byModel
          .computeIfAbsent(voice.fingerprint(), model -> new TreeMap<>())
          .put(voice.speakerId(), voice);
      lists.remove(voice.fingerprint());
    }
  }

  /** Forgets a voice, if there is one of this id. */
  public synchronized void remove(String speakerId) {
    String model = modelOf.remove(speakerId);
    if (model != null) {
      SortedMap<String, Enrolled> voices = byModel.get(model);
      voices.remove(speakerId);
      if (voices.isEmpty()) {
        byModel.remove(model);
      }
      lists.remove(model);
    }
  }

  /** Forgets all voices. */
  public synchronized void clear() {
    modelOf.clear();
    byModel.clear();
    lists.clear();
  }

  /** The voices of a model, by speaker id: the same list until one of them changes. */
  synchronized List<Enrolled> of(String fingerprint) {
    SortedMap<String, Enrolled> voices = byModel.get(fingerprint);
    return voices == null
        ? List.of()
        : lists.computeIfAbsent(fingerprint, model -> List.copyOf(voices.values()));
  }
}
