package io.turnwise.topology.track;

import io.turnwise.topology.track.EnrolledVoices.Enrolled;
import java.util.List;

/**
 * How alike a voice is to the nearest of those it is not: the enrolled voices of its model, without
 * the one it is compared with. By it a cosine is judged with adaptive symmetric score normalisation
 * (AS-norm; Matejka et al., Analysis of Score Normalization in Multilingual Speaker Recognition,
 * Interspeech 2017): with m and d the mean and the standard deviation of a voice's cosines with the
 * {@link #NEAREST} cohort voices nearest to it, a cosine s of a voice h that was heard with an
 * enrolled voice e has the score
 *
 * <pre>((s - m(h)) / d(h) + (s - m(e)) / d(e)) / 2</pre>
 *
 * <p>The score does not replace the cosine, it adds evidence to it. The numbers are those of the
 * training speakers; decision 14 has what they gain.
 *
 * @param mean of the cosines
 * @param deviation of them all, not an estimate from a sample: divided by their number; 0 or more
 */
record Cohort(double mean, double deviation) {
  /** How many cohort voices a voice is held against; all of them where there are fewer. */
  static final int NEAREST = 10;

  /** Voices that are all as alike say how near they are, not how far that is apart. */
  static final double LEAST_DEVIATION = 0.02;

  /** Score that says nothing: the nearest of many voices is above them even if it is another's. */
  static final double NEUTRAL = 3.5;

  /** Evidence of a score of one more, as a natural logarithm of a likelihood ratio. */
  static final double WEIGHT = 0.75;

  /** Most evidence for and against: however few a cohort's voices are, the cosine decides. */
  static final double MOST = 2;

  /** Cosine that is worth as much as evidence of 1 where the model is not calibrated. */
  static final double COSINE = 0.05;

  /** Of cosines with the nearest cohort voices, one at least. */
  static Cohort of(double[] cosines) {
    double sum = 0;
    for (double cosine : cosines) {
      sum += cosine;
    }
    double mean = sum / cosines.length;
    double squares = 0;
    for (double cosine : cosines) {
      squares += (cosine - mean) * (cosine - mean);
    }
    return new Cohort(mean, Math.sqrt(squares / cosines.length));
  }

  /**
   * What the others are to an enrolled voice.
   *
   * @param all the enrolled voices of its model, itself among them; those of another length are
   *     left out
   */
  static Cohort of(Enrolled voice, List<Enrolled> all, Likeness likeness) {
    Nearest nearest = new Nearest(NEAREST);
    for (Enrolled other : all) {
      if (other.voice().length == voice.voice().length
          && !other.speakerId().equals(voice.speakerId())) {
        nearest.add(likeness.cosine(voice.voice(), other.voice()));
      }
    }
    return of(nearest.without(0));
  }

  /** The normalised score of a cosine, by this cohort of the one voice and that of the other. */
  double score(double cosine, Cohort other) {
    return (above(cosine) + other.above(cosine)) / 2;
  }

  /**
   * What the cohort says for one voice rather than two, as a natural logarithm of a likelihood
   * ratio: -{@link #MOST} to {@link #MOST}.
   */
  double evidence(double cosine, Cohort other) {
    double evidence = WEIGHT * (score(cosine, other) - NEUTRAL);
    return Math.max(-MOST, Math.min(MOST, evidence));
  }

  private double above(double cosine) {
    return (cosine - mean) / Math.max(deviation, LEAST_DEVIATION);
  }
}
