package io.turnwise.topology.track;

/**
 * The enrolled voice nearest to a voice.
 *
 * @param speakerId empty where there is none
 * @param score cosine of the voice's centroid with it; -1 where there is none
 * @param margin how far that is above the next one's
 */
record Recognition(String speakerId, double score, double margin) {
  /**
   * @param mean mean of the voice's segments; its length is not looked at
   */
  static Recognition of(
      float[] mean, EnrolledVoices enrolled, String fingerprint, Likeness likeness) {
    String speakerId = "";
    double best = -1;
    double second = -1;
    for (EnrolledVoices.Enrolled candidate : enrolled.of(fingerprint)) {
      if (candidate.voice().length == mean.length) {
        double similarity = likeness.cosine(mean, candidate.voice());
        if (similarity > best) {
          second = best;
          best = similarity;
          speakerId = candidate.speakerId();
        } else if (similarity > second) {
          second = similarity;
        }
      }
    }
    return new Recognition(speakerId, best, best - second);
  }
}
