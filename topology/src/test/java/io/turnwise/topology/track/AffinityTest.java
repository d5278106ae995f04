package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AffinityTest {
  private static final TrackerSettings SETTINGS = TrackerSettings.of(SyntheticCall.THRESHOLD);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldGainFarMoreByTellingTwoVoicesApartThanOne(long seed) {
    // Given
    Affinity one = affinity(new SyntheticCall(seed, 1).turn(0, 30));
    Affinity two = affinity(new SyntheticCall(seed, 2).turn(0, 15).turn(1, 15));
    int[] labels = new int[39];

    // When
    Affinity.Split ofOne = one.split(labels, 0, 1);
    Affinity.Split ofTwo = two.split(labels, 0, 1);

    // Then
    double enough = SETTINGS.splitGain() + labels.length * SETTINGS.splitGainPerSegment();
    assertTrue(ofOne.gain() < enough, "seed " + seed + ": " + ofOne.gain());
    assertTrue(ofTwo.gain() > 3 * enough, "seed " + seed + ": " + ofTwo.gain());
    int[] parts = ofTwo.labels();
    for (int i = 0; i < parts.length; i++) {
      if (i != 19) {
        assertEquals(i < 19 ? parts[0] : parts[38], parts[i], "seed " + seed + ", segment " + i);
      }
    }
    assertTrue(parts[0] != parts[38], "seed " + seed);
    assertTrue(Arrays.stream(labels).allMatch(label -> label == 0), "the argument is as it was");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldGainTheSameByTwoVoicesThatAreToldApartAlready(long seed) {
    // Given
    Affinity two = affinity(new SyntheticCall(seed, 2).turn(0, 15).turn(1, 15));
    Affinity.Split split = two.split(new int[39], 0, 1);

    // When
    double gain = two.gain(split.labels(), 0, 1);

    // Then
    assertEquals(split.gain(), gain, 1e-6, "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldTellNobodyApartWhereOnePartWouldBeTooSmall(long seed) {
    // Given two segments of another voice in half a minute
    SyntheticCall made = new SyntheticCall(seed, 2).turn(0, 15).turn(1, 1.5).turn(0, 13.5);

    // When
    Affinity.Split split = affinity(made).split(new int[39], 0, 1);

    // Then
    assertTrue(
        split.gain() < SETTINGS.splitGain(),
        "seed " + seed + ": " + Arrays.toString(split.labels()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldBeMoreSimilarToItsOwnVoiceThanToAnother(long seed) {
    // Given
    Affinity two = affinity(new SyntheticCall(seed, 2).turn(0, 15).turn(1, 15));
    int[] labels = new int[39];
    Arrays.fill(labels, 19, 39, 1);
    double[] weights = two.weights(labels);
    Background nothing = new Background(two.dimension());

    // Then, but for the one that is of both
    for (int i = 0; i < labels.length; i++) {
      double own = two.similarity(i, labels[i], labels, weights, nothing);
      double other = two.similarity(i, 1 - labels[i], labels, weights, nothing);
      assertTrue(i == 19 || own > other + 0.2, "seed " + seed + ", segment " + i);
    }
    assertEquals(0.7, two.cohesion(0, labels, weights, nothing), 0.1, "seed " + seed);
    assertEquals(0.2, two.between(0, 1, labels, weights, nothing), 0.15, "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldStandForItsSegmentsWhereTheyAreTakenTogether(long seed) {
    // Given half of a voice's segments apart and in the background
    List<Piece> pieces = pieces(new SyntheticCall(seed, 1).turn(0, 30));
    Background background = new Background(64);
    pieces.subList(20, 39).forEach(background::add);
    Affinity all = new Affinity(SETTINGS, pieces);
    Affinity half = new Affinity(SETTINGS, pieces.subList(0, 18));
    int[] labels = new int[39];
    Arrays.fill(labels, 18, 20, -1);

    // When
    double apart = all.similarity(5, 0, labels, all.weights(new int[39]), new Background(64));
    double together = half.similarity(5, 0, new int[18], half.weights(new int[18]), background);

    // Then
    assertEquals(apart, together, 0.01, "seed " + seed);
  }

  private static Affinity affinity(SyntheticCall made) {
    return new Affinity(SETTINGS, pieces(made));
  }

  private static List<Piece> pieces(SyntheticCall made) {
    List<Piece> pieces = new ArrayList<>();
    for (Observation segment : made.segments(0)) {
      pieces.add(
          new Piece(
              0, segment.span().startMillis(), segment.span().endMillis(), 1, segment.voice()));
    }
    return pieces;
  }
}
