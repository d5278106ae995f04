package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.calibration.Calibration;
import io.turnwise.topology.track.EnrolledVoices.Enrolled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * The other enrolled voices have a say in whether one is recognised. What is heard is a direction,
 * without noise; the voices' directions share nothing but it, so each has a cosine of its own with
 * what is heard, and two of them that of their product.
 */
class CohortRecognitionTest {
  private static final int DIMENSION = 64;
  private static final float[] HEARD = voice("heard", 0, 1).voice();
  private static final int COHORT = 40;

  /** Cosines of 0 to 0.2: nobody is alike with what is heard. */
  private static final IntToDoubleFunction STRANGERS = other -> 0.005 * other;

  /** Cosines of 0.5 and 0.74: some are nearly as alike with what is heard as anybody. */
  private static final IntToDoubleFunction ALIKE = other -> other <= 5 ? 0.74 : 0.5;

  private static final Likeness PLAIN = new Likeness(Calibration.none());

  @Test
  void shouldRecogniseAVoiceThatStandsOutOfTheCohort() {
    // Given a ratio of 20 x 0.8 - 14 = 2, which is too little without a cohort
    Calibration calibration = RecognitionTest.calibration(-14);
    Enrolled[] all = enrolled(COHORT, STRANGERS);

    // Then
    assertEquals(Set.of("alice"), heard(calibration, COHORT, all));
    assertEquals(Set.of("S1"), heard(calibration, 0, all));
  }

  @Test
  void shouldNotRecogniseAVoiceThatIsAlikeWithMany() {
    // Given a ratio of 20 x 0.8 - 12.5 = 3.5, which is enough without a cohort
    Calibration calibration = RecognitionTest.calibration(-12.5);
    Enrolled[] wolf = enrolled(COHORT, ALIKE);
    Enrolled[] outstanding = enrolled(COHORT, STRANGERS);

    // Then
    assertEquals(Set.of("S1"), heard(calibration, COHORT, wolf));
    assertEquals(Set.of("alice"), heard(calibration, 0, wolf));
    assertEquals(Set.of("alice"), heard(calibration, COHORT, outstanding));
  }

  @Test
  void shouldDecideAsWithoutACohortWhenTheVoicesAreTooFew() {
    // Given one voice less than is asked for
    Enrolled[] outstanding = enrolled(COHORT - 1, STRANGERS);
    Enrolled[] wolf = enrolled(COHORT - 1, ALIKE);

    // Then
    assertEquals(Set.of("S1"), heard(RecognitionTest.calibration(-14), COHORT, outstanding));
    assertEquals(Set.of("alice"), heard(RecognitionTest.calibration(-12.5), COHORT, wolf));
  }

  @Test
  void shouldWeighTheCosineWhereTheModelIsNotCalibrated() {
    // Given a threshold by which 0.8 is too little by 0.05, and one by which it is enough by 0.02
    double above = TrackerSettings.of(0).enrolledAbove();

    // Then
    assertEquals(Set.of("alice"), heard(0.85 - above, COHORT, enrolled(COHORT, STRANGERS)));
    assertEquals(Set.of("S1"), heard(0.85 - above, 0, enrolled(COHORT, STRANGERS)));
    assertEquals(Set.of("S1"), heard(0.78 - above, COHORT, enrolled(COHORT, ALIKE)));
    assertEquals(Set.of("alice"), heard(0.78 - above, 0, enrolled(COHORT, ALIKE)));
  }

  @Test
  void shouldAskOnlyVoicesOfTheSameModelAndLength() {
    // Given as many as are asked for, and others that would count as the nearest
    List<Enrolled> voices = List.of(enrolled(COHORT, ALIKE));
    List<Enrolled> more = new ArrayList<>(voices);
    more.add(new Enrolled("another model's", "b".repeat(64), HEARD));
    more.add(new Enrolled("longer", SyntheticCall.MODEL, Arrays.copyOf(HEARD, DIMENSION + 1)));
    more.add(new Enrolled("shorter", SyntheticCall.MODEL, Arrays.copyOf(HEARD, DIMENSION - 1)));

    // Then they are neither asked nor counted
    assertNotEquals(0, recognition(voices, COHORT).evidence());
    assertEquals(recognition(voices, COHORT), recognition(more, COHORT));
    assertEquals(0, recognition(more, COHORT + 1).evidence());
  }

  @Test
  void shouldSayTheSameInWhateverOrderTheVoicesWereEnrolled() {
    // Given
    List<Enrolled> voices = new ArrayList<>(List.of(enrolled(COHORT, other -> 0.017 * other)));
    Recognition first = recognition(voices, COHORT);

    for (int seed = 0; seed < 10; seed++) {
      // When
      Collections.shuffle(voices, new Random(seed));

      // Then
      assertEquals(first, recognition(voices, COHORT), "seed " + seed);
    }
  }

  @Test
  void shouldDecideWhenAllOfTheCohortIsOneVoice() {
    // Given a cohort without deviation, and one that is the very voice
    Recognition outstanding = recognition(List.of(enrolled(COHORT, other -> 0)), COHORT);
    List<Enrolled> same = new ArrayList<>();
    for (int i = 0; i <= COHORT; i++) {
      same.add(new Enrolled("id-" + i, SyntheticCall.MODEL, HEARD));
    }
    Recognition none = recognition(same, COHORT);

    // Then
    assertEquals(Cohort.MOST, outstanding.evidence());
    assertEquals(-Cohort.MOST, none.evidence());
    assertEquals(0, none.margin());
    assertEquals(
        Set.of("S1"),
        heard(RecognitionTest.calibration(-5), COHORT, same.toArray(Enrolled[]::new)));
  }

  @Test
  void shouldPublishTheCosineAndTheRatioThatTheyAreWithoutTheCohort() {
    // Given
    double plain = 20 * 0.8 - 12.5;
    FollowedCall call = called(RecognitionTest.calibration(-12.5), SyntheticCall.THRESHOLD, COHORT);
    call.hear(segments().subList(0, 4));
    call.enrolled(enrolled(COHORT, STRANGERS));

    // When
    List<Change> changes = call.hear(segments().subList(4, 8));

    // Then
    Change merged = changes.get(0);
    assertEquals("alice", merged.speaker());
    assertEquals(0.8, merged.score(), 1e-6);
    assertEquals(plain, merged.logLikelihoodRatio(), 1e-5);
    assertTrue(recognition(List.of(enrolled(COHORT, STRANGERS)), COHORT).evidence() > 1);
  }

  private static Recognition recognition(List<Enrolled> voices, int leastCohort) {
    return Recognition.of(
        HEARD, EnrolledVoices.of(voices), SyntheticCall.MODEL, PLAIN, leastCohort);
  }

  private static Set<String> heard(Calibration calibration, int leastCohort, Enrolled... voices) {
    return heard(calibration, SyntheticCall.THRESHOLD, leastCohort, voices);
  }

  private static Set<String> heard(double threshold, int leastCohort, Enrolled... voices) {
    return heard(Calibration.none(), threshold, leastCohort, voices);
  }

  private static Set<String> heard(
      Calibration calibration, double threshold, int leastCohort, Enrolled... voices) {
    FollowedCall call = called(calibration, threshold, leastCohort).enrolled(voices);
    call.hear(segments());
    return call.names();
  }

  private static FollowedCall called(Calibration calibration, double threshold, int leastCohort) {
    TrackerSettings of = TrackerSettings.of(threshold);
    TrackerSettings settings =
        of.with(of.support(), of.guesses(), of.confirmSeconds(), of.confirmPlaces(), leastCohort);
    return new FollowedCall(new SpeakerTracker(settings, calibration), "");
  }

  private static List<Observation> segments() {
    List<Observation> segments = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      segments.add(SyntheticCall.segment(0, i * SyntheticCall.HOP, HEARD));
    }
    return segments;
  }

  /** Alice, who is heard with 0.8, and so many others. */
  private static Enrolled[] enrolled(int others, IntToDoubleFunction cosine) {
    Enrolled[] voices = new Enrolled[others + 1];
    voices[0] = voice("alice", 1, 0.8);
    for (int other = 1; other <= others; other++) {
      voices[other] = voice("other-" + other, other + 1, cosine.applyAsDouble(other));
    }
    return voices;
  }

  private static Enrolled voice(String speakerId, int own, double cosine) {
    float[] voice = new float[DIMENSION];
    voice[0] = (float) cosine;
    if (own > 0) {
      voice[own] = (float) Math.sqrt(1 - cosine * cosine);
    }
    return new Enrolled(speakerId, SyntheticCall.MODEL, voice);
  }
}
