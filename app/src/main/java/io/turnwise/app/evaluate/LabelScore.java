package io.turnwise.app.evaluate;

import java.util.List;
import java.util.Map;

/**
 * What one labelling of one or more files is worth.
 *
 * @param asked error at the collar that was asked for
 * @param exact error without collar
 * @param quarter error with a collar of a quarter of a second
 * @param refTurns number of {@link SpeakingTurn}s in the reference
 * @param hypTurns number of them in the hypothesis
 * @param switches how often a speaker's name changed: {@link Alignment#switches()} with a collar of
 *     a quarter of a second
 */
record LabelScore(
    DiarizationError asked,
    DiarizationError exact,
    DiarizationError quarter,
    JaccardError jaccard,
    SpeakerCounts counts,
    long refTurns,
    long hypTurns,
    long switches,
    Boundaries boundaries) {
  static final LabelScore NONE =
      new LabelScore(
          DiarizationError.NONE,
          DiarizationError.NONE,
          DiarizationError.NONE,
          JaccardError.NONE,
          SpeakerCounts.NONE,
          0,
          0,
          0,
          Boundaries.NONE);

  private static final double QUARTER = 0.25;

  /**
   * @param collar seconds, 0 or more
   */
  static LabelScore of(List<Turn> reference, List<Turn> hypothesis, double collar) {
    Alignment exact = new Alignment(reference, hypothesis, 0);
    Alignment quarter = new Alignment(reference, hypothesis, QUARTER);
    DiarizationError asked = new Alignment(reference, hypothesis, collar).error();
    Map<String, String> partners = exact.partners();
    List<SpeakingTurn> refTurns = SpeakingTurn.of(reference);
    List<SpeakingTurn> hypTurns = SpeakingTurn.of(hypothesis);
    return new LabelScore(
        asked,
        exact.error(),
        quarter.error(),
        exact.jaccard(),
        SpeakerCounts.of(asked),
        refTurns.size(),
        hypTurns.size(),
        quarter.switches(),
        Boundaries.of(refTurns, hypTurns, partners));
  }

  LabelScore plus(LabelScore other) {
    return new LabelScore(
        asked.plus(other.asked),
        exact.plus(other.exact),
        quarter.plus(other.quarter),
        jaccard.plus(other.jaccard),
        counts.plus(other.counts),
        refTurns + other.refTurns,
        hypTurns + other.hypTurns,
        switches + other.switches,
        boundaries.plus(other.boundaries));
  }

  /** Turns found for each turn there is; without any in the reference, the number found. */
  double fragmentation() {
    return (double) hypTurns / Math.max(1, refTurns);
  }
}
