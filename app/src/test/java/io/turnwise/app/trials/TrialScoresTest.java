package io.turnwise.app.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrialScoresTest {
  private static final double EXACT = 1e-12;

  @Test
  void shouldFindNoErrorWhereAllPairsOfOneSpeakerScoreHigher() {
    // Given
    TrialScores scores = scores(of(0.7, 0.9), of(0.1, 0.2, 0.6));

    // Then
    assertEquals(0, scores.equalErrorRate(), EXACT);
    assertEquals(0, scores.leastDetectionCost(0.05), EXACT);
    assertEquals(0, scores.leastCllr(), EXACT);
  }

  @Test
  void shouldFindNothingButErrorsWhereAllScoreTheWrongWay() {
    // Given
    TrialScores scores = scores(of(0.1), of(0.9));

    // Then
    assertEquals(1, scores.equalErrorRate(), EXACT);
    assertEquals(1, scores.leastDetectionCost(0.05), EXACT);
    assertEquals(1, scores.leastCllr(), EXACT);
  }

  @Test
  void shouldCountOneOfFourWhereOneOfFourIsOnTheWrongSideOfEither() {
    // Given: 0.9 0.8 0.7 | 0.6 of two speakers above 0.5 of one
    TrialScores scores = scores(of(0.9, 0.8, 0.7, 0.5), of(0.6, 0.3, 0.2, 0.1));

    // Then
    assertEquals(0.25, scores.equalErrorRate(), EXACT);
  }

  @Test
  void shouldInterpolateBetweenThePointsOfTheRoc() {
    // Given: points (false, miss) (0, 1/2) and (2/3, 1/2) are crossed at 1/2
    assertEquals(0.5, scores(of(3, 0), of(2, 1, -1)).equalErrorRate(), EXACT);
    // (1/3, 1/2) then, both at once, (2/3, 0): 1/2 - t/2 = 1/3 + t/3 at t = 1/5
    assertEquals(0.4, scores(of(4, 1), of(5, 1, 0)).equalErrorRate(), EXACT);
  }

  @Test
  void shouldNameTheScoreAtWhichErrorsAreEqual() {
    // Given
    TrialScores scores = scores(of(0.9, 0.8, 0.7, 0.5), of(0.6, 0.3, 0.2, 0.1));

    // Then: at 0.6 one of four is missed and one of four accepted
    assertEquals(0.6, scores.equalErrorThreshold());
    assertEquals(0.25, scores.errorRate(0.6), EXACT);
    assertEquals(0.125, scores.errorRate(0.65), EXACT);
    assertEquals(0.725, scores.meanOfSame(), EXACT);
    assertEquals(0.3, scores.meanOfDifferent(), EXACT);
  }

  @Test
  void shouldNameTheSameThresholdAsASearchOverAllScores() {
    for (long seed = 1; seed <= 200; seed++) {
      // Given: few distinct scores, so that many are equal
      Random random = new Random(seed);
      double[] same = random.doubles(1 + random.nextInt(12)).map(x -> Math.rint(6 * x)).toArray();
      double[] different =
          random.doubles(1 + random.nextInt(12)).map(x -> Math.rint(5 * x)).toArray();

      // When
      double threshold = scores(same, different).equalErrorThreshold();

      // Then: the highest score at which no more are missed than accepted
      double expected =
          DoubleStream.concat(Arrays.stream(same), Arrays.stream(different))
              .filter(
                  score ->
                      Arrays.stream(different).filter(x -> x >= score).count() * same.length
                          >= Arrays.stream(same).filter(x -> x < score).count() * different.length)
              .max()
              .orElseThrow();
      assertEquals(expected, threshold, "seed " + seed);
    }
  }

  @Test
  void shouldKnowNothingWhereAllScoresAreEqual() {
    // Given
    TrialScores scores = scores(of(0.5, 0.5, 0.5), of(0.5, 0.5));

    // Then
    assertEquals(0.5, scores.equalErrorRate(), EXACT);
    assertEquals(1, scores.leastDetectionCost(0.05), EXACT);
    assertEquals(1, scores.leastCllr(), EXACT);
  }

  @Test
  void shouldTakeBothZerosForOneScore() {
    assertEquals(0.5, scores(of(0.0), of(-0.0)).equalErrorRate(), EXACT);
    assertEquals(0.5, scores(of(-0.0), of(0.0)).equalErrorRate(), EXACT);
  }

  @Test
  void shouldWeighTheDetectionCostByThePrior() {
    // Given: at 0.5 one of two is missed and one of four falsely accepted; above, one missed
    TrialScores scores = scores(of(0.9, 0.4), of(0.5, 0.3, 0.2, 0.1));

    // Then: accepting only 0.9 costs P/2; accepting down to 0.4 costs (1 - P)/4
    assertEquals(0.5, scores.leastDetectionCost(0.05), EXACT);
    assertEquals(0.25, scores.leastDetectionCost(0.5), EXACT);
    assertEquals(0.25, scores.leastDetectionCost(0.9), EXACT);
  }

  @Test
  void shouldLoseOneBitByRatiosThatSayNothing() {
    assertEquals(1, scores(of(0, 0), of(0)).cllr(), EXACT);
  }

  @Test
  void shouldCountWhatRatiosLose() {
    // Given: ratios 3 and 1/3 of one speaker, 1/3 of two
    double ratio = Math.log(3);

    // When
    double cllr = scores(of(ratio, -ratio), of(-ratio)).cllr();

    // Then: ((log2(4/3) + log2(4)) / 2 + log2(4/3)) / 2
    double right = Math.log(4 / 3.0) / Math.log(2);
    assertEquals(((right + 2) / 2 + right) / 2, cllr, EXACT);
  }

  @Test
  void shouldNotOverflowOnLargeRatios() {
    assertEquals(2000 / Math.log(2), scores(of(-2000), of(2000)).cllr(), 1e-9);
    assertEquals(0, scores(of(2000), of(-2000)).cllr(), EXACT);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldAgreeWithTheDefinitionsOnAnyScores(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      // Given: scores of few values, so that many are equal
      int values = 1 + random.nextInt(12);
      double[] same = random.ints(1 + random.nextInt(8), 0, values).asDoubleStream().toArray();
      double[] different =
          random.ints(1 + random.nextInt(12), -2, values).asDoubleStream().toArray();
      TrialScores scores = scores(same, different);
      String case_ = "seed " + seed + ", run " + run;

      // Then
      assertEquals(equalError(same, different), scores.equalErrorRate(), 1e-9, case_);
      assertEquals(detectionCost(same, different, 0.05), scores.leastDetectionCost(0.05), 1e-9);
      assertEquals(leastCllr(same, different), scores.leastCllr(), 1e-9, case_);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void shouldLoseNoLessThanTheLeast(long seed) {
    // Given: ratios of two normal distributions, and the same ones wrongly scaled
    Random random = new Random(seed);
    double[] same = DoubleStream.generate(() -> 2 + 2 * random.nextGaussian()).limit(400).toArray();
    double[] different =
        DoubleStream.generate(() -> -2 + 2 * random.nextGaussian()).limit(400).toArray();
    TrialScores right = scores(same, different);
    TrialScores wrong = scores(times(same, 7), times(different, 7));

    // Then
    assertTrue(right.leastCllr() <= right.cllr(), "seed " + seed);
    assertEquals(right.leastCllr(), wrong.leastCllr(), 1e-12, "seed " + seed);
    assertTrue(right.cllr() - right.leastCllr() < 0.06, "seed " + seed);
    assertTrue(wrong.cllr() - wrong.leastCllr() > 0.3, "seed " + seed);
  }

  @Test
  void shouldRefuseScoresThatMeanNothing() {
    assertThrows(IllegalArgumentException.class, () -> scores(of(), of(1)));
    assertThrows(IllegalArgumentException.class, () -> scores(of(1), of()));
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> scores(of(1), of(1, Double.NaN)));
    assertTrue(refusal.getMessage().startsWith("different: score 1"), refusal.getMessage());
    assertThrows(IllegalArgumentException.class, () -> scores(of(1), of(1)).leastDetectionCost(0));
  }

  /** Where the line between two neighbouring thresholds' rates crosses miss = false. */
  private static double equalError(double[] same, double[] different) {
    double[] thresholds = thresholds(same, different);
    for (int i = 0; i + 1 < thresholds.length; i++) {
      double before = miss(same, thresholds[i]) - falsely(different, thresholds[i]);
      double after = miss(same, thresholds[i + 1]) - falsely(different, thresholds[i + 1]);
      if (before > 0 && after <= 0) {
        double part = before / (before - after);
        return (1 - part) * miss(same, thresholds[i]) + part * miss(same, thresholds[i + 1]);
      }
    }
    throw new AssertionError("no crossing");
  }

  private static double detectionCost(double[] same, double[] different, double prior) {
    return Arrays.stream(thresholds(same, different))
            .map(t -> prior * miss(same, t) + (1 - prior) * falsely(different, t))
            .min()
            .orElseThrow()
        / Math.min(prior, 1 - prior);
  }

  /** Of the isotonic regression by its min-max formula: max over starts, min over ends of means. */
  private static double leastCllr(double[] same, double[] different) {
    double[] values =
        DoubleStream.concat(Arrays.stream(same), Arrays.stream(different))
            .distinct()
            .sorted()
            .toArray();
    double bits = 0;
    for (int i = 0; i < values.length; i++) {
      double best = 0;
      for (int a = 0; a <= i; a++) {
        double least = 1;
        for (int b = i; b < values.length; b++) {
          double right = within(same, values[a], values[b]);
          least = Math.min(least, right / (right + within(different, values[a], values[b])));
        }
        best = Math.max(best, least);
      }
      double odds = best / (1 - best) * different.length / same.length;
      double here = within(same, values[i], values[i]) / same.length;
      double others = within(different, values[i], values[i]) / different.length;
      bits += here > 0 ? here * Math.log(1 + 1 / odds) : 0;
      bits += others > 0 ? others * Math.log(1 + odds) : 0;
    }
    return bits / 2 / Math.log(2);
  }

  private static double within(double[] scores, double from, double to) {
    return Arrays.stream(scores).filter(score -> score >= from && score <= to).count();
  }

  /** From above all scores down to the least. */
  private static double[] thresholds(double[] same, double[] different) {
    double[] ascending =
        DoubleStream.concat(
                DoubleStream.of(1e9),
                DoubleStream.concat(Arrays.stream(same), Arrays.stream(different)))
            .distinct()
            .sorted()
            .toArray();
    double[] descending = new double[ascending.length];
    for (int i = 0; i < ascending.length; i++) {
      descending[i] = ascending[ascending.length - 1 - i];
    }
    return descending;
  }

  private static double miss(double[] same, double threshold) {
    return Arrays.stream(same).filter(score -> score < threshold).count() / (double) same.length;
  }

  private static double falsely(double[] different, double threshold) {
    return Arrays.stream(different).filter(score -> score >= threshold).count()
        / (double) different.length;
  }

  private static double[] times(double[] values, double factor) {
    return Arrays.stream(values).map(value -> factor * value).toArray();
  }

  private static double[] of(double... scores) {
    return scores;
  }

  private static TrialScores scores(double[] same, double[] different) {
    return new TrialScores(same, different);
  }
}
