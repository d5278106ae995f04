package io.turnwise.app.evaluate;

/**
 * Jaccard error rate as the second DIHARD challenge defined it (Ryant et al. 2019) and its scorer
 * dscore computes it: each speaker of the reference has 1 less the Jaccard index, common time over
 * time of either, with the partner of the mapping that is best for the whole file, and 1 without a
 * partner; the rate is the mean over the speakers of the reference.
 *
 * @param sum of the speakers' errors
 * @param speakers number of speakers in the reference who speak
 * @param heard whether the hypothesis has any speech
 */
record JaccardError(double sum, int speakers, boolean heard) {
  static final JaccardError NONE = new JaccardError(0, 0, false);

  /** The error of several files together: the mean over all their speakers. */
  JaccardError plus(JaccardError other) {
    return new JaccardError(sum + other.sum, speakers + other.speakers, heard || other.heard);
  }

  /** 0 to 1. Without any speaker in the reference: 0 where nothing was found either, else 1. */
  double rate() {
    if (speakers == 0) {
      return heard ? 1 : 0;
    }
    return sum / speakers;
  }
}
