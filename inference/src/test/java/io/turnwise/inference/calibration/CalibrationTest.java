package io.turnwise.inference.calibration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.calibration.Calibration.Point;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationTest {
  private static final float[] NOTHING = {};
  private static final List<Point> POINTS =
      List.of(
          new Point(Channel.WIDE_BAND, 4, 20, -10),
          new Point(Channel.WIDE_BAND, 1, 10, -4),
          new Point(Channel.TELEPHONE, 2, 8, -3),
          new Point(Channel.ONE_SIDE, 2, 6, -1));

  private final Calibration calibration = Calibration.of(NOTHING, POINTS);

  @Test
  void shouldGiveTheFittedRatioAtAFittedDuration() {
    assertEquals(10 * 0.5 - 4, ratio(0.5, 1, Channel.WIDE_BAND), 1e-12);
    assertEquals(20 * 0.5 - 10, ratio(0.5, 4, Channel.WIDE_BAND), 1e-12);
    assertEquals(6 * -0.25 - 1, ratio(-0.25, 2, Channel.ONE_SIDE), 1e-12);
  }

  @Test
  void shouldInterpolateOverTheLogarithmOfTheDuration() {
    // 2 s lies in the middle between 1 s and 4 s
    assertEquals(15 * 0.5 - 7, ratio(0.5, 2, Channel.WIDE_BAND), 1e-12);
  }

  @Test
  void shouldTakeTheNearestDurationBeyondThoseFitted() {
    assertEquals(10 * 0.5 - 4, ratio(0.5, 0.2, Channel.WIDE_BAND), 1e-12);
    assertEquals(10 * 0.5 - 4, ratio(0.5, 0, Channel.WIDE_BAND), 1e-12);
    assertEquals(20 * 0.5 - 10, ratio(0.5, 60, Channel.WIDE_BAND), 1e-12);
    assertEquals(20 * 0.5 - 10, ratio(0.5, Double.POSITIVE_INFINITY, Channel.WIDE_BAND), 1e-12);
    assertEquals(8 * 0.5 - 3, ratio(0.5, 100, Channel.TELEPHONE), 1e-12);
  }

  @Test
  void shouldTakeTheHarmonicMeanOfTwoDurations() {
    // 2 / (1 / 1.2 + 1 / 6) = 2
    double ratio = calibration.logLikelihoodRatio(0.5, 1.2, 6, Channel.WIDE_BAND);

    assertEquals(15 * 0.5 - 7, ratio, 1e-12);
    assertEquals(ratio, calibration.logLikelihoodRatio(0.5, 6, 1.2, Channel.WIDE_BAND));
    assertEquals(
        10 * 0.5 - 4, calibration.logLikelihoodRatio(0.5, 0, 50, Channel.WIDE_BAND), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldRiseWithTheCosineAtEveryDuration(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < 2_000; run++) {
      // Given
      List<Point> points = new ArrayList<>();
      for (Channel channel : Channel.values()) {
        double seconds = 0.5;
        for (int i = random.nextInt(4); i >= 0; i--) {
          seconds += 0.1 + 3 * random.nextDouble();
          points.add(
              new Point(
                  channel, seconds, 0.1 + 30 * random.nextDouble(), 20 * random.nextGaussian()));
        }
      }
      Calibration any = Calibration.of(NOTHING, points);
      double a = 20 * random.nextDouble();
      double b = 20 * random.nextDouble();
      double low = 2 * random.nextDouble() - 1;
      double high = low + (1 - low) * random.nextDouble();

      // Then
      for (Channel channel : Channel.values()) {
        assertTrue(
            any.logLikelihoodRatio(low, a, b, channel)
                <= any.logLikelihoodRatio(high, a, b, channel),
            "seed " + seed + ", run " + run);
      }
    }
  }

  @Test
  void shouldCentreAsTheDefinitionSays() {
    // Given: unit (0.6, 0.8) less (0.6, 0.3) is (0, 0.5)
    Calibration centring = Calibration.of(new float[] {0.6f, 0.3f}, List.of());
    float[] centred = new float[2];

    // When
    centring.centre(new float[] {30, 40}, centred);

    // Then
    assertArrayEquals(new float[] {0, 1}, centred, 1e-7f);
    assertTrue(centring.centres());
    assertFalse(centring.calibrated());
    assertEquals(2, centring.dimension());
  }

  @Test
  void shouldCentreInPlaceAsWell() {
    // Given
    Calibration centring = Calibration.of(new float[] {0.1f, -0.2f, 0.05f}, List.of());
    float[] raw = {3, -5, 7};
    float[] apart = new float[3];
    centring.centre(raw, apart);

    // When
    centring.centre(raw, raw);

    // Then
    assertArrayEquals(apart, raw);
  }

  @Test
  void shouldOnlyScaleWhereThereIsNoMean() {
    // Given
    float[] scaled = new float[3];

    // When
    Calibration.none().centre(new float[] {2, 0, 0}, scaled);

    // Then
    assertArrayEquals(new float[] {1, 0, 0}, scaled);
    assertFalse(Calibration.none().centres());
    assertFalse(Calibration.none().calibrated());
  }

  @Test
  void shouldAllocateNothing() {
    // Given
    Calibration any = Calibration.of(new float[256], POINTS);
    float[] embedding = new float[256];
    embedding[3] = 5;
    float[] into = new float[256];
    var memory = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    use(any, embedding, into);

    // When
    long before = memory.getCurrentThreadAllocatedBytes();
    use(any, embedding, into);
    long bytes = memory.getCurrentThreadAllocatedBytes() - before;

    // Then: 1,000 rounds, of which each would show at least 16 bytes
    assertTrue(bytes < 1_000 * 16, bytes + " bytes");
  }

  private static void use(Calibration calibration, float[] embedding, float[] into) {
    double sum = 0;
    for (int i = 0; i < 1_000; i++) {
      calibration.centre(embedding, into);
      sum += calibration.logLikelihoodRatio(into[3], 1 + i % 3, 2, Channel.WIDE_BAND);
    }
    assertTrue(sum != 0);
  }

  @Test
  void shouldRefuseWhatCannotBeCompared() {
    Calibration centring = Calibration.of(new float[2], List.of());

    assertRefusal("no direction", () -> centring.centre(new float[2], new float[2]));
    assertRefusal("no direction", () -> centring.centre(new float[] {Float.NaN, 1}, new float[2]));
    assertRefusal("into", () -> centring.centre(new float[] {1, 1}, new float[3]));
    assertRefusal("the mean 2", () -> centring.centre(new float[] {1, 1, 1}, new float[3]));
    assertRefusal("seconds", () -> ratio(0.5, -1, Channel.WIDE_BAND));
    assertRefusal("seconds", () -> ratio(0.5, Double.NaN, Channel.WIDE_BAND));
    assertThrows(
        IllegalStateException.class,
        () -> Calibration.none().logLikelihoodRatio(0.5, 1, 1, Channel.WIDE_BAND));
  }

  @Test
  void shouldRefuseNumbersThatMeanNothing() {
    assertRefusal("slope", () -> new Point(Channel.WIDE_BAND, 1, 0, 0));
    assertRefusal("slope", () -> new Point(Channel.WIDE_BAND, 1, Double.NaN, 0));
    assertRefusal("intercept", () -> new Point(Channel.WIDE_BAND, 1, 1, Double.NaN));
    assertRefusal("seconds", () -> new Point(Channel.WIDE_BAND, 0, 1, 0));
    assertRefusal("mean: value 1", () -> Calibration.of(new float[] {0, Float.NaN}, List.of()));
    assertRefusal("shorter", () -> Calibration.of(new float[] {1, 0}, List.of()));
    assertRefusal("none for channel one-side", () -> Calibration.of(NOTHING, POINTS.subList(0, 3)));
    List<Point> twice = new ArrayList<>(POINTS);
    twice.add(POINTS.get(0));
    assertRefusal("twice", () -> Calibration.of(NOTHING, twice));
  }

  private double ratio(double cosine, double seconds, Channel channel) {
    return calibration.logLikelihoodRatio(cosine, seconds, seconds, channel);
  }

  private static void assertRefusal(String part, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
