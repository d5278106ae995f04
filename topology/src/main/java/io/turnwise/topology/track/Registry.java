package io.turnwise.topology.track;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.metrics.Sensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The enrolled voices as one processor sees them. A voice whose vector has not the length of the
 * embeddings its model gives is left out, with a line in the log, and counted once for as long as
 * it is enrolled. A voice's cohort is looked for when the voice is first the nearest to somebody
 * heard, and remembered until a voice of its model changes: to look for all of them at each change
 * would take time by the square of their number. One a processor, and so for one calibration; not
 * thread-safe.
 */
final class Registry implements EnrolledVoices {
  private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

  private final Enrolments enrolments;
  private final Sensor leftOutCount;

  /** How many values the embeddings of a model have, as far as they were heard. */
  private final Map<String, Integer> lengths = new HashMap<>();

  private final Map<String, View> views = new HashMap<>();

  /**
   * What is known of a model's voices.
   *
   * @param all those that are enrolled
   * @param comparable those of the right length
   * @param leftOut the speaker ids of the others
   * @param cohorts by speaker id, as far as they were asked for
   */
  private record View(
      List<Enrolled> all,
      List<Enrolled> comparable,
      Set<String> leftOut,
      Map<String, Cohort> cohorts) {}

  /**
   * @param leftOutCount counts the voices that are left out
   */
  Registry(Enrolments enrolments, Sensor leftOutCount) {
    this.enrolments = enrolments;
    this.leftOutCount = leftOutCount;
  }

  /** Learns how many values the embeddings of a model have. */
  void heard(String fingerprint, int length) {
    if (enrolments.of(fingerprint).isEmpty()) {
      lengths.remove(fingerprint);
      return;
    }
    Integer before = lengths.put(fingerprint, length);
    if ((before == null || before != length) && views.containsKey(fingerprint)) {
      views.put(fingerprint, view(fingerprint, enrolments.of(fingerprint)));
    }
  }

  /** The voices of a model; of one that was heard, those that can be compared with it. */
  @Override
  public List<Enrolled> of(String fingerprint) {
    return now(fingerprint).comparable();
  }

  @Override
  public Cohort cohortOf(Enrolled voice, Function<Enrolled, Cohort> reckoning) {
    return now(voice.fingerprint())
        .cohorts()
        .computeIfAbsent(voice.speakerId(), id -> reckoning.apply(voice));
  }

  private View now(String fingerprint) {
    List<Enrolled> all = enrolments.of(fingerprint);
    View view = views.get(fingerprint);
    if (view == null || view.all() != all) {
      view = view(fingerprint, all);
      if (all.isEmpty()) {
        views.remove(fingerprint);
      } else {
        views.put(fingerprint, view);
      }
    }
    return view;
  }

  private View view(String fingerprint, List<Enrolled> all) {
    Integer length = lengths.get(fingerprint);
    if (length == null) {
      return new View(all, all, Set.of(), new HashMap<>());
    }
    Set<String> leftOut = new HashSet<>();
    for (Enrolled voice : all) {
      if (voice.voice().length != length) {
        leftOut.add(voice.speakerId());
      }
    }
    View before = views.get(fingerprint);
    for (String speakerId : leftOut) {
      if (before == null || !before.leftOut().contains(speakerId)) {
        leftOutCount.record();
      }
    }
    if (!leftOut.isEmpty() && (before == null || !before.leftOut().equals(leftOut))) {
      LOG.warn(
          "{} of {} enrolled voices of model {} are left out: their vectors have not the {} values"
              + " of the model's embeddings; enrol them anew",
          leftOut.size(),
          all.size(),
          fingerprint,
          length);
    }
    List<Enrolled> comparable =
        leftOut.isEmpty()
            ? all
            : all.stream().filter(voice -> voice.voice().length == length).toList();
    return new View(all, comparable, leftOut, new HashMap<>());
  }
}
