package io.turnwise.inference.audio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResamplerTest {
  /** Outputs at either end that hear the silence around the run. */
  private static final int EDGE = 400;

  @ParameterizedTest
  @CsvSource({
    "48000, 8001",
    "48000, 8500",
    "48000, 12000",
    "48000, 15999",
    "48000, 23900",
    "44100, 8001",
    "44100, 8500",
    "44100, 16001",
    "44100, 21900",
    "32000, 8001",
    "32000, 8500",
    "32000, 15900",
    "24000, 8500",
    "24000, 11900",
    "22050, 8001",
    "22050, 8500",
    "22050, 10900",
    "47999, 8500",
    "17001, 8400"
  })
  void shouldSuppressAToneAboveTheNewNyquistFrequencyBy80Decibels(int rate, double hertz) {
    // Given
    float[] tone = tone(rate, hertz, 0);

    // When
    float[] out = whole(rate, tone);

    // Then
    double level = decibels(rms(middle(out)) * Math.sqrt(2));
    assertTrue(level <= -80, () -> hertz + " Hz at " + rate + " Hz leaves " + level + " dB");
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 300", "8000, 1000", "8000, 3400", "8000, 3700", "8000, 3990",
    "11025, 1000", "11025, 5400", "12000, 5900", "8001, 3400", "8001, 3990"
  })
  void shouldSuppressImagesBy80DecibelsWhenTheRateRises(int rate, double hertz) {
    // Given
    float[] tone = tone(rate, hertz, 0.3);

    // When
    float[] out = whole(rate, tone);

    // Then
    double level = decibels(rms(withoutTone(middle(out), hertz)) * Math.sqrt(2));
    assertTrue(level <= -80, () -> "images of " + hertz + " Hz are at " + level + " dB");
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 100", "8000, 300", "8000, 1000", "8000, 2500", "8000, 3400", "8000, 3650",
    "11025, 300", "11025, 3400", "11025, 5000", "16000, 3400", "22050, 300", "22050, 7300",
    "44100, 300", "44100, 3400", "44100, 7300", "48000, 300", "48000, 3400", "48000, 7300",
    "8001, 3400", "47999, 7300"
  })
  void shouldKeepAToneOfThePassBandInLevelAndInPlace(int rate, double hertz) {
    // Given
    double phase = 0.7;
    float[] tone = tone(rate, hertz, phase);

    // When
    float[] out = whole(rate, tone);

    // Then
    float[] expected = tone(Resampler.OUTPUT_RATE, hertz, phase);
    double error = 0;
    for (int i = EDGE; i < out.length - EDGE; i++) {
      error = Math.max(error, Math.abs(out[i] - expected[i]));
    }
    // an error of 0.001 bounds the level to 0.009 dB and the delay to a thousandth of a radian
    double largest = error;
    assertTrue(largest <= 1e-3, () -> hertz + " Hz at " + rate + " Hz: off by " + largest);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {8000, 8001, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 47_999, 48_000})
  void shouldGiveTheSameBitsHoweverTheInputIsCut(int rate) {
    long seed = 20_26 + rate;
    Random random = new Random(seed);
    float[] noise = noise(random, rate / 2);
    float[] uncut = whole(rate, noise);
    for (int round = 0; round < 5; round++) {
      // Given
      Resampler resampler = Resampler.start(rate);
      Floats out = new Floats();

      // When
      for (int at = 0; at < noise.length; ) {
        int length = Math.min(noise.length - at, random.nextInt(round < 2 ? 7 : 3000));
        out.add(resampler.push(noise, at, length));
        at += length;
      }
      out.add(resampler.flush());

      // Then
      assertArrayEquals(uncut, out.all(), "seed " + seed + ", round " + round);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8000, 8001, 11_025, 16_000, 22_050, 44_100, 48_000})
  void shouldGoOnBitForBitWhenResumedAnywhere(int rate) {
    long seed = 7L * rate;
    Random random = new Random(seed);
    float[] noise = noise(random, rate / 2);
    float[] uncut = whole(rate, noise);
    for (int round = 0; round < 8; round++) {
      // Given
      int offset = round < 3 ? round : random.nextInt(noise.length);

      // When
      Resampler resumed = Resampler.resume(rate, offset);
      int first = Math.toIntExact(resumed.nextOutput());
      Floats out = new Floats();
      out.add(resumed.push(noise, offset, noise.length - offset));
      out.add(resumed.flush());

      // Then
      String where = "seed " + seed + ", offset " + offset;
      int end = Math.max(first, uncut.length);
      assertArrayEquals(
          Arrays.copyOfRange(uncut, Math.min(first, uncut.length), uncut.length),
          Arrays.copyOf(out.all(), end - first),
          where);
      assertEquals(end - first, out.all().length, where);
      if (offset > 0) {
        assertTrue(Resampler.firstInputFor(rate, first) >= offset, where);
        assertTrue(
            first == 0 || Resampler.firstInputFor(rate, first - 1) < offset || first - 1 < 0,
            where);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8000, 11_025, 16_000, 44_100, 48_000})
  void shouldDependOnNoInputBeforeTheFirstItNames(int rate) {
    // Given
    float[] noise = noise(new Random(rate), rate / 4);
    int output = 2000;
    int first = Math.toIntExact(Resampler.firstInputFor(rate, output));
    float[] other = noise.clone();
    Arrays.fill(other, 0, first, 1f);

    // When
    float[] a = whole(rate, noise);
    float[] b = whole(rate, other);

    // Then
    assertArrayEquals(
        Arrays.copyOfRange(a, output, a.length), Arrays.copyOfRange(b, output, b.length));
  }

  @Test
  void shouldDependOnTheFirstInputItNames() {
    // Given
    float[] impulse = new float[4000];
    int output = 2000;
    // the outermost coefficient of telephone audio's odd phase is the first that is not zero
    int first = Math.toIntExact(Resampler.firstInputFor(8000, output + 1));
    impulse[first] = 1;

    // When
    float[] out = whole(8000, impulse);

    // Then
    assertTrue(out[output + 1] != 0);
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 0", "8000, 1", "8000, 160", "8000, 12345", "11025, 1", "11025, 2", "11025, 11025",
    "16000, 777", "22050, 3", "44100, 1", "44100, 2", "44100, 882", "48000, 1", "48000, 2",
    "48000, 48001", "8001, 12345", "47999, 12345"
  })
  void shouldGiveAsManyOutputsAsTheRunIsLong(int rate, int inputs) {
    assertEquals(Math.round(inputs * 16_000.0 / rate), whole(rate, new float[inputs]).length);
  }

  @Test
  void shouldPassTheOutputRateThroughUnchangedAndAtOnce() {
    // Given
    float[] noise = noise(new Random(1), 500);

    // When
    float[] out = Resampler.start(16_000).push(noise, 100, 300);

    // Then
    assertArrayEquals(Arrays.copyOfRange(noise, 100, 400), out);
  }

  @Test
  void shouldCountOutputsFromTheRunsBeginning() {
    // Given
    Resampler resampler = Resampler.start(8000);

    // When
    int given = resampler.push(new float[1000], 0, 1000).length;

    // Then
    assertEquals(given, resampler.nextOutput());
    assertEquals(2 * (1000 - 72), given);
  }

  @Test
  void shouldGoOnFarIntoARunOfYears() {
    // Given
    long tenYears = 10L * 365 * 24 * 3600 * 48_000;

    // When
    Resampler resampler = Resampler.resume(48_000, tenYears);

    // Then
    assertEquals(500, resampler.push(new float[1500 + 431], 0, 1500 + 431).length);
    assertEquals(tenYears / 3 + 72 + 500, resampler.nextOutput(), 1);
  }

  @Test
  void shouldRefuseAnInputRateOutsideTheRange() {
    assertThrows(IllegalArgumentException.class, () -> Resampler.start(7999));
    assertThrows(IllegalArgumentException.class, () -> Resampler.start(48_001));
    assertThrows(IllegalArgumentException.class, () -> Resampler.firstInputFor(0, 0));
    assertThrows(IllegalArgumentException.class, () -> Resampler.resume(8000, -1));
  }

  @Test
  void shouldRefuseInputAfterTheEnd() {
    // Given
    Resampler resampler = Resampler.start(8000);
    resampler.flush();

    // Then
    assertThrows(IllegalStateException.class, () -> resampler.push(new float[1], 0, 1));
    assertThrows(IllegalStateException.class, resampler::flush);
  }

  private static float[] whole(int rate, float[] input) {
    Resampler resampler = Resampler.start(rate);
    Floats out = new Floats();
    out.add(resampler.push(input, 0, input.length));
    out.add(resampler.flush());
    assertEquals(out.all().length, resampler.nextOutput());
    return out.all();
  }

  private static float[] tone(int rate, double hertz, double phase) {
    float[] tone = new float[rate / 2];
    for (int i = 0; i < tone.length; i++) {
      tone[i] = (float) Math.sin(2 * Math.PI * hertz * i / rate + phase);
    }
    return tone;
  }

  private static float[] noise(Random random, int length) {
    float[] noise = new float[length];
    for (int i = 0; i < length; i++) {
      noise[i] = random.nextFloat() * 2 - 1;
    }
    return noise;
  }

  private static float[] middle(float[] samples) {
    return Arrays.copyOfRange(samples, EDGE, samples.length - EDGE);
  }

  /** What is left of 16 kHz samples when the best fitting tone of that frequency is taken away. */
  private static double[] withoutTone(float[] samples, double hertz) {
    double ss = 0;
    double cc = 0;
    double sc = 0;
    double ys = 0;
    double yc = 0;
    for (int i = 0; i < samples.length; i++) {
      double s = Math.sin(2 * Math.PI * hertz * i / 16_000);
      double c = Math.cos(2 * Math.PI * hertz * i / 16_000);
      ss += s * s;
      cc += c * c;
      sc += s * c;
      ys += samples[i] * s;
      yc += samples[i] * c;
    }
    double determinant = ss * cc - sc * sc;
    double a = (ys * cc - yc * sc) / determinant;
    double b = (yc * ss - ys * sc) / determinant;
    double[] rest = new double[samples.length];
    for (int i = 0; i < samples.length; i++) {
      double angle = 2 * Math.PI * hertz * i / 16_000;
      rest[i] = samples[i] - a * Math.sin(angle) - b * Math.cos(angle);
    }
    return rest;
  }

  private static double rms(float[] samples) {
    double[] values = new double[samples.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = samples[i];
    }
    return rms(values);
  }

  private static double rms(double[] samples) {
    return Math.sqrt(Arrays.stream(samples).map(x -> x * x).average().orElseThrow());
  }

  private static double decibels(double ratio) {
    return 20 * Math.log10(ratio);
  }

  /** Outputs put together. */
  private static final class Floats {
    private float[] all = new float[0];

    void add(float[] more) {
      int before = all.length;
      all = Arrays.copyOf(all, before + more.length);
      System.arraycopy(more, 0, all, before, more.length);
    }

    float[] all() {
      return all;
    }
  }
}
