package io.turnwise.topology.track;

import io.turnwise.topology.track.EnrolledVoices.Enrolled;
import java.util.List;

/**
 * The enrolled voice nearest to a voice.
 *
 * @param speakerId empty where there is none
 * @param score cosine of the voice's centroid with it; -1 where there is none
 * @param margin how far that is above the next one's
 * @param evidence what the other enrolled voices say of that score, as a natural logarithm of a
 *     likelihood ratio: see {@link Cohort}; 0 where they are too few
 */
record Recognition(String speakerId, double score, double margin, double evidence) {
  /**
   * @param mean mean of the voice's segments; its length is not looked at
   * @param leastCohort how many enrolled voices there must be beside the nearest for these to be
   *     asked; 0: they never are
   */
  static Recognition of(
      float[] mean,
      EnrolledVoices enrolled,
      String fingerprint,
      Likeness likeness,
      int leastCohort) {
    List<Enrolled> candidates = enrolled.of(fingerprint);
    Nearest nearest = new Nearest(1 + Cohort.NEAREST);
    Enrolled found = null;
    double best = -1;
    double second = -1;
    int compared = 0;
    for (Enrolled candidate : candidates) {
      if (candidate.voice().length == mean.length) {
        double similarity = likeness.cosine(mean, candidate.voice());
        compared++;
        nearest.add(similarity);
        if (similarity > best) {
          second = best;
          best = similarity;
          found = candidate;
        } else if (similarity > second) {
          second = similarity;
        }
      }
    }
    if (found == null) {
      return new Recognition("", -1, 0, 0);
    }
    double evidence = 0;
    if (leastCohort > 0 && compared > leastCohort) {
      Cohort ofFound = enrolled.cohortOf(found, voice -> Cohort.of(voice, candidates, likeness));
      evidence = Cohort.of(nearest.without(1)).evidence(best, ofFound);
    }
    return new Recognition(found.speakerId(), best, best - second, evidence);
  }
}
