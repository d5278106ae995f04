package io.turnwise.topology.track;

/**
 * How the tracker decides. Similarities are average cosines of one segment with the segments of a
 * voice. Evidence is similarity over the noise within a voice (one less the similarity that is
 * usual in it), so that one setting serves models and lines that spread their voices differently;
 * its unit is that of one segment full of speech at a hop of 0.75 s.
 *
 * @param threshold cosine at which two segments are as likely of one voice as of two, -1 to 1; the
 *     model's
 * @param usualAbove how far the similarity that is usual within a voice lies above the threshold,
 *     as far as is known before the voice is
 * @param usualMass how many segments that expectation is worth
 * @param edge weight in a voice of a segment beside another voice's, 0 to 1: it may hold both
 * @param switchCost evidence a change of speaker costs
 * @param splitCost evidence a change between two parts of what was taken for one voice costs
 * @param splitGain evidence that two voices must explain their segments better by than one does
 * @param splitGainPerSegment the same for each segment looked at: chance explains more of many
 * @param splitGainOfKnown the same for a voice that was taken for one for long and in which both
 *     parts were there before: so one person's moods are
 * @param splitGainOfParty the same in a call of several channels: each is rather one party's
 * @param secondVoice by how much less suffices, and by how much less two voices must explain than
 *     one to be taken for one, in the first segments of a call of one channel in which only one
 *     voice, or two, were heard: it is rather of two; none is left of it after {@link #WINDOWS}
 *     segments
 * @param splitSegments least segments in each of the two voices
 * @param splitMass least evidence in each of the two voices, in segments full of speech
 * @param reviewGain as {@code splitGain}, where all evidence of the call is looked at
 * @param mergeGain the same, below which two voices are taken for one
 * @param mergeGainOfParty the same in a call of several channels
 * @param reviewGainPerSegment the same in both for each segment, as if both voices had as many
 * @param distance least difference between two voices, in noise
 * @param foreign how much more similar a segment must be to a voice that was never heard on its
 *     channel
 * @param enrolledAbove how far above the threshold the similarity with an enrolled voice must be
 * @param enrolledRatio logarithm of the likelihood ratio from which on a voice is taken for an
 *     enrolled one, where the model is calibrated
 * @param enrolledMargin how much nearer the enrolled voice must be than the next
 * @param cohort how many enrolled voices there must be beside the nearest for these to have a say
 *     in whether it is recognised; 0: they never have
 * @param support segments in a row that must agree before a change is published
 * @param patience the same where none of them is like the voice they are nearest to: a new one may
 *     show
 * @param guesses whether a change that only one segment speaks for is published at once, as
 *     tentative
 * @param reassignMass least evidence, in segments full of speech, for taking back whose something
 *     was
 * @param confirmSeconds speech of a voice, in seconds, from which on it is confirmed
 * @param confirmPlaces in how many places at least
 */
public record TrackerSettings(
    double threshold,
    double usualAbove,
    double usualMass,
    double edge,
    double switchCost,
    double splitCost,
    double splitGain,
    double splitGainPerSegment,
    double splitGainOfKnown,
    double splitGainOfParty,
    double secondVoice,
    int splitSegments,
    double splitMass,
    double reviewGain,
    double mergeGain,
    double mergeGainOfParty,
    double reviewGainPerSegment,
    double distance,
    double foreign,
    double enrolledAbove,
    double enrolledRatio,
    double enrolledMargin,
    int cohort,
    int support,
    int patience,
    boolean guesses,
    double reassignMass,
    double confirmSeconds,
    int confirmPlaces) {

  /** Most segments a channel keeps to decide again about: 48 s at a hop of 0.75 s. */
  static final int WINDOWS = 64;

  /** Most voices a call tells apart; what else is heard is taken for the nearest of them. */
  static final int VOICES = 24;

  public TrackerSettings {
    requireWithin("threshold", threshold, -1, 1);
    requireWithin("usualAbove", usualAbove, 0, 2);
    requireWithin("usualMass", usualMass, 1e-6, 1e6);
    requireWithin("edge", edge, 0.01, 1);
    requireWithin("switchCost", switchCost, 0, 1e6);
    requireWithin("splitCost", splitCost, 0, 1e6);
    requireWithin("splitGain", splitGain, 0, 1e6);
    requireWithin("splitGainPerSegment", splitGainPerSegment, 0, 1e6);
    requireWithin("splitGainOfKnown", splitGainOfKnown, 0, 1e6);
    requireWithin("splitGainOfParty", splitGainOfParty, 0, 1e6);
    requireWithin("secondVoice", secondVoice, 0, 1e6);
    requireWithin("splitSegments", splitSegments, 2, WINDOWS / 2);
    requireWithin("splitMass", splitMass, 0, 1e6);
    requireWithin("reviewGain", reviewGain, 0, 1e6);
    requireWithin("reviewGainPerSegment", reviewGainPerSegment, 0, 1e6);
    requireWithin("mergeGain", mergeGain, -1e6, 1e6);
    requireWithin("mergeGainOfParty", mergeGainOfParty, 0, 1e6);
    requireWithin("distance", distance, 0, 1e6);
    requireWithin("foreign", foreign, 0, 2);
    requireWithin("enrolledAbove", enrolledAbove, 0, 2);
    requireWithin("enrolledRatio", enrolledRatio, -1e6, 1e6);
    requireWithin("enrolledMargin", enrolledMargin, 0, 2);
    requireWithin("cohort", cohort, 0, 1e6);
    requireWithin("support", support, 2, WINDOWS / 2);
    requireWithin("patience", patience, support, WINDOWS / 2);
    requireWithin("reassignMass", reassignMass, 0, 1e6);
    requireWithin("confirmSeconds", confirmSeconds, 0, 3600);
    requireWithin("confirmPlaces", confirmPlaces, 1, 100);
  }

  /** The settings that ship, for a model's threshold. */
  public static TrackerSettings of(double threshold) {
    return new TrackerSettings(
        threshold, 0.12, 1, 0.77, 0.13, 0.1, 1.9, 0.008, 1.5, 6, 1.2, 3, 2.6, 4.5, 1.2, 4, 0.03,
        0.33, 0.1, 0.1, 3, 0.05, 40, 2, 6, true, 1.2, 3, 2);
  }

  /**
   * These settings but for those a run may set: what trades delay for certainty, and {@link
   * #cohort}.
   *
   * @param newSupport see {@link #support}; {@link #patience} is at least as much
   */
  public TrackerSettings with(
      int newSupport,
      boolean newGuesses,
      double newConfirmSeconds,
      int newConfirmPlaces,
      int newCohort) {
    return new TrackerSettings(
        threshold,
        usualAbove,
        usualMass,
        edge,
        switchCost,
        splitCost,
        splitGain,
        splitGainPerSegment,
        splitGainOfKnown,
        splitGainOfParty,
        secondVoice,
        splitSegments,
        splitMass,
        reviewGain,
        mergeGain,
        mergeGainOfParty,
        reviewGainPerSegment,
        distance,
        foreign,
        enrolledAbove,
        enrolledRatio,
        enrolledMargin,
        newCohort,
        newSupport,
        Math.max(newSupport, patience),
        newGuesses,
        reassignMass,
        newConfirmSeconds,
        newConfirmPlaces);
  }

  /** Similarity that is usual within a voice of which nothing is known yet. */
  double usual() {
    return Math.min(1, threshold + usualAbove);
  }

  /** How much less suffices for a second voice, so many segments into a call. */
  double easeOfSecondVoice(double segments) {
    return secondVoice * Math.max(0, 1 - segments / WINDOWS);
  }

  private static void requireWithin(String field, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(field + ": " + value + " is not " + least + " to " + most);
    }
  }
}
