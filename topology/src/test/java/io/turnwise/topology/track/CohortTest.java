package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.inference.calibration.Calibration;
import io.turnwise.topology.track.EnrolledVoices.Enrolled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What other enrolled voices say of a cosine with an enrolled one. */
class CohortTest {
  private static final double ROUNDING = 1e-12;
  private static final Likeness PLAIN = new Likeness(Calibration.none());

  private final Cohort ofHeard = Cohort.of(new double[] {0.40, 0.31, 0.12});
  private final Cohort ofEnrolled = Cohort.of(new double[] {0.55, 0.22, 0.25, 0.18});

  @Test
  void shouldTakeMeanAndDeviationOfTheCosines() {
    // Then (0.40 + 0.31 + 0.12) / 3, and the root of the mean square of what lies beside it
    assertEquals(0.27666666666666667, ofHeard.mean(), ROUNDING);
    assertEquals(0.11671427600007732, ofHeard.deviation(), ROUNDING);
    assertEquals(0.3, ofEnrolled.mean(), ROUNDING);
    assertEquals(0.14645818515876813, ofEnrolled.deviation(), ROUNDING);
  }

  @Test
  void shouldGiveTheSymmetricScoreWhenBothVoicesHaveACohort() {
    // When
    double score = ofHeard.score(0.62, ofEnrolled);

    // Then (0.62 - 0.2767) / 0.1167 = 2.9417, (0.62 - 0.3) / 0.1465 = 2.1849, and half their sum
    assertEquals(2.5632903429904346, score, ROUNDING);
    assertEquals(score, ofEnrolled.score(0.62, ofHeard), ROUNDING);
  }

  @Test
  void shouldWeighTheScoreAgainstOneThatSaysNothing() {
    // Then 0.75 x (2.5633 - 3.5)
    assertEquals(-0.7025322427571741, ofHeard.evidence(0.62, ofEnrolled), ROUNDING);
  }

  @Test
  void shouldSayNoMoreThanItMayWhenAllOfACohortIsEquallyAlike() {
    // Given
    Cohort equal = Cohort.of(new double[] {0.3, 0.3, 0.3});

    // Then
    assertEquals(0, equal.deviation());
    assertEquals(Cohort.MOST, equal.evidence(0.9, equal));
    assertEquals(-Cohort.MOST, equal.evidence(0.3, equal));
    assertEquals((0.36 - 0.3) / Cohort.LEAST_DEVIATION, equal.score(0.36, equal), ROUNDING);
  }

  @Test
  void shouldKeepAVoiceOutOfItsOwnCohort() {
    // Given cosines of 0.6 and 0.8 with the others
    Enrolled voice = enrolled("b", 1, 0);
    List<Enrolled> all = List.of(enrolled("a", 0.6, 0.8), voice, enrolled("c", 0.8, 0.6));

    // When
    Cohort cohort = Cohort.of(voice, all, PLAIN);

    // Then
    assertEquals(0.7, cohort.mean(), 1e-6);
    assertEquals(0.1, cohort.deviation(), 1e-6);
  }

  @Test
  void shouldLeaveOutVoicesOfAnotherLength() {
    // Given
    Enrolled voice = enrolled("b", 1, 0);
    List<Enrolled> all =
        List.of(enrolled("a", 0.6, 0.8), voice, enrolled("c", 0, 1, 0), enrolled("d", 1));

    // When
    Cohort cohort = Cohort.of(voice, all, PLAIN);

    // Then
    assertEquals(0.6, cohort.mean(), 1e-6);
    assertEquals(0, cohort.deviation());
  }

  @Test
  void shouldTakeTheNearestOfManyVoices() {
    // Given cosines of 0.01 to 0.50
    Enrolled voice = enrolled("voice", 1, 0);
    List<Enrolled> all = new ArrayList<>(List.of(voice));
    for (int i = 1; i <= 50; i++) {
      double cosine = i / 100.0;
      all.add(enrolled("other-" + i, (float) cosine, (float) Math.sqrt(1 - cosine * cosine)));
    }
    Collections.shuffle(all, new Random(3));

    // When
    Cohort cohort = Cohort.of(voice, all, PLAIN);

    // Then those of 0.41 to 0.50
    assertEquals(0.455, cohort.mean(), 1e-6);
  }

  @Test
  void shouldKeepTheHighestInFallingOrder() {
    // Given
    Nearest nearest = new Nearest(3);

    // When
    for (double cosine : new double[] {0.2, -0.5, 0.7, 0.2, 0.9, 0.1}) {
      nearest.add(cosine);
    }

    // Then
    assertArrayEquals(new double[] {0.9, 0.7, 0.2}, nearest.without(0));
    assertArrayEquals(new double[] {0.7, 0.2}, nearest.without(1));
    assertArrayEquals(new double[0], nearest.without(4));
  }

  private static Enrolled enrolled(String speakerId, double... voice) {
    float[] values = new float[voice.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) voice[i];
    }
    return new Enrolled(speakerId, SyntheticCall.MODEL, values);
  }
}
