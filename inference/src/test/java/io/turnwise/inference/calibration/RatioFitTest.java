package io.turnwise.inference.calibration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RatioFitTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldFindTheRatioOfTwoNormalDistributions(long seed) {
    // Given: N(0.6, 0.2) and N(0.1, 0.2): ln ratio = (0.5 s - 0.175) / 0.04
    Random random = new Random(seed);
    double[] same = normal(random, 20_000, 0.6, 0.2);
    double[] different = normal(random, 200_000, 0.1, 0.2);

    // When
    RatioFit fit = RatioFit.of(same, different);

    // Then
    assertEquals(12.5, fit.slope(), 0.4, "seed " + seed);
    assertEquals(-4.375, fit.intercept(), 0.15, "seed " + seed);
  }

  @Test
  void shouldNotDependOnHowManyPairsThereAreOfEither() {
    // Given
    double[] same = {0.1, 0.5, 0.6, 0.9};
    double[] different = {-0.3, 0, 0.2, 0.55};
    double[] tenfold = new double[40_000];
    for (int i = 0; i < tenfold.length; i++) {
      tenfold[i] = different[i % 4];
    }
    double[] manySame = new double[4_000];
    for (int i = 0; i < manySame.length; i++) {
      manySame[i] = same[i % 4];
    }

    // When
    RatioFit few = RatioFit.of(manySame, tenfold);
    RatioFit many = RatioFit.of(tenfoldOf(manySame), tenfold);

    // Then
    assertEquals(few.slope(), many.slope(), 0.01);
    assertEquals(few.intercept(), many.intercept(), 0.01);
  }

  private static double[] tenfoldOf(double[] scores) {
    double[] more = new double[scores.length * 10];
    for (int i = 0; i < more.length; i++) {
      more[i] = scores[i % scores.length];
    }
    return more;
  }

  @Test
  void shouldReachTheLeastLoss() {
    // Given
    double[] same = {0.1, 0.5, 0.6, 0.9, 0.4};
    double[] different = {-0.3, 0, 0.2, 0.55, 0.1, 0.3};

    // When
    RatioFit fit = RatioFit.of(same, different);

    // Then: no neighbour is better
    double least = loss(fit.slope(), fit.intercept(), same, different);
    for (double step : new double[] {1e-3, 0.1, 3}) {
      for (int way = 0; way < 9; way++) {
        double slope = fit.slope() + step * (way / 3 - 1);
        double intercept = fit.intercept() + step * (way % 3 - 1);
        assertTrue(loss(slope, intercept, same, different) >= least - 1e-12);
      }
    }
  }

  /** The definition, in the plainest words. */
  private static double loss(double slope, double intercept, double[] same, double[] different) {
    double loss = 0;
    for (double score : same) {
      double p = 1 / (1 + Math.exp(-slope * score - intercept));
      double target = (same.length + 1.0) / (same.length + 2);
      loss -= (target * Math.log(p) + (1 - target) * Math.log(1 - p)) / same.length;
    }
    for (double score : different) {
      double p = 1 / (1 + Math.exp(-slope * score - intercept));
      double target = 1.0 / (different.length + 2);
      loss -= (target * Math.log(p) + (1 - target) * Math.log(1 - p)) / different.length;
    }
    return loss / 2;
  }

  @Test
  void shouldStayFiniteWhereNothingOverlaps() {
    // When
    RatioFit fit = RatioFit.of(new double[] {0.8, 0.9, 0.85}, new double[] {0.1, 0.2, 0.0, 0.1});

    // Then: ratios end about where the numbers of pairs do
    assertTrue(fit.slope() > 0 && fit.slope() < 100, fit::toString);
    assertTrue(fit.slope() * 0.9 + fit.intercept() < Math.log(20), fit::toString);
    assertTrue(fit.slope() * 0.8 + fit.intercept() > 0, fit::toString);
    assertTrue(fit.slope() * 0.2 + fit.intercept() < 0, fit::toString);
  }

  @Test
  void shouldGiveTheSameBitsAgain() {
    double[] same = normal(new Random(4), 500, 0.5, 0.3);
    double[] different = normal(new Random(5), 3_000, 0.1, 0.2);

    assertEquals(RatioFit.of(same, different), RatioFit.of(same, different));
  }

  @Test
  void shouldRefuseScoresThatTellNothingApart() {
    assertRefusal("do not score higher", new double[] {0.1, 0.2}, new double[] {0.8, 0.9, 0.7});
    assertRefusal("all are equal", new double[] {0.5, 0.5}, new double[] {0.5, 0.5});
    assertRefusal("same: 1 scores", new double[] {0.5}, new double[] {0.5, 0.5});
    assertRefusal("different: score 1", new double[] {1, 1}, new double[] {0, Double.NaN});
  }

  private static void assertRefusal(String part, double[] same, double[] different) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> RatioFit.of(same, different))
            .getMessage();
    assertTrue(message.contains(part), message);
  }

  private static double[] normal(Random random, int count, double mean, double deviation) {
    double[] scores = new double[count];
    for (int i = 0; i < count; i++) {
      scores[i] = mean + deviation * random.nextGaussian();
    }
    return scores;
  }
}
