package io.turnwise.topology.track;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** The voices that may be recognised in every call, as they are now. */
@FunctionalInterface
public interface EnrolledVoices {
  /** The enrolled voices one model made, ordered by speaker id. */
  List<Enrolled> of(String fingerprint);

  /**
   * What the other voices of its model are to one of them. Who keeps the voices may remember it for
   * as long as they stay the same.
   *
   * @param voice one of those that {@link #of} gave
   */
  default Cohort cohortOf(Enrolled voice, Function<Enrolled, Cohort> reckoning) {
    return reckoning.apply(voice);
  }

  /** Nobody is enrolled. */
  static EnrolledVoices none() {
    return fingerprint -> List.of();
  }

  /** These, in any order. */
  static EnrolledVoices of(List<Enrolled> voices) {
    List<Enrolled> sorted =
        voices.stream().sorted(Comparator.comparing(Enrolled::speakerId)).toList();
    return fingerprint ->
        sorted.stream().filter(voice -> voice.fingerprint().equals(fingerprint)).toList();
  }

  /**
   * One enrolled voice.
   *
   * @param voice its centroid, scaled to length 1; not copied, must not be changed afterwards
   */
  record Enrolled(String speakerId, String fingerprint, float[] voice) {
    /**
     * Reads a registered voice.
     *
     * @throws IllegalArgumentException if its vector has no direction or the speaker id is empty
     */
    public static Enrolled of(io.turnwise.avro.EnrolledVoice registered) {
      if (registered.getSpeakerId().isEmpty()) {
        throw new IllegalArgumentException("speakerId is empty");
      }
      return new Enrolled(
          registered.getSpeakerId(),
          registered.getModelFingerprint(),
          UnitVector.of(registered.getVector()));
    }
  }
}
