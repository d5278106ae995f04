package io.turnwise.inference.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The front end against an implementation written apart from it and as slow as its definition, on
 * signals that no recording holds: what the excerpts of the reference show must hold beyond them.
 */
class FbankOracleTest {
  /** The limits that parity with Kaldi has. */
  private static final double LARGEST = 1e-3;

  private static final double MEAN = 1e-5;

  /** What Kaldi's single precision moves the deepest tones by, which most bins hear faintly. */
  private static final double EXACT_MEAN = 2e-5;

  private static final int[] LENGTHS = {
    0, 1, 399, 400, 401, 559, 560, 561, 719, 720, 1679, 1680, 1681, 1839, 1840
  };

  private record Signal(String name, float[] samples) {}

  @Test
  void shouldEqualTheOracleOnSignalsNoRecordingHolds() {
    for (Signal signal : signals()) {
      // When
      Features features = new Fbank().compute(signal.samples(), 0, signal.samples().length);

      // Then
      assertClose(Oracle.fbank(signal.samples()), features, signal.name());
    }
  }

  @Test
  void shouldStayNearExactArithmeticOnAnythingOf16Bits() {
    for (Signal signal : signals()) {
      if (signal.name().contains("DC")) {
        // what single precision leaves of an offset that dwarfs the sound, Kaldi hears as well
        continue;
      }
      // Given: sums over a frame of 16-bit samples are exact
      float[] samples = signal.samples().clone();
      for (int i = 0; i < samples.length; i++) {
        samples[i] = Math.round(samples[i] * 32767) / 32768f;
      }

      // When
      Features features = new Fbank().compute(samples, 0, samples.length);

      // Then
      assertClose(
          Exact.fbank(samples), features, "16 bits of " + signal.name(), LARGEST, EXACT_MEAN);
    }
  }

  @Test
  void shouldEqualTheOracleAfterMeanSubtraction() {
    for (Signal signal : signals()) {
      // Given
      double[][] expected = Oracle.fbank(signal.samples());
      for (int bin = 0; bin < 80; bin++) {
        double sum = 0;
        for (double[] frame : expected) {
          sum += frame[bin];
        }
        for (double[] frame : expected) {
          frame[bin] -= sum / expected.length;
        }
      }

      // When
      Features features = new Fbank().computeCentred(signal.samples(), 0, signal.samples().length);

      // Then
      assertClose(expected, features, signal.name() + ", centred");
    }
  }

  @Test
  void shouldEqualTheOracleAtAllLengthsAroundTheEdgesOfFrames() {
    float[] noise = noise(7, 2_000, 0.1f);
    for (int length : LENGTHS) {
      // Given
      float[] samples = Arrays.copyOf(noise, length);

      // When
      Features features = new Fbank().compute(samples, 0, length);

      // Then
      assertEquals(length < 400 ? 0 : (length - 400) / 160 + 1, features.frames());
      assertClose(Oracle.fbank(samples), features, length + " samples");
    }
  }

  @Test
  void shouldGiveFiniteNumbersForSamplesFarBeyondFullScale() {
    for (float level : new float[] {1, 1e3f, 1e9f, Float.MIN_NORMAL, Float.MIN_VALUE}) {
      // When
      float[] samples = noise(3, 4_000, level);
      float[] values = new Fbank().computeCentred(samples, 0, samples.length).values();

      // Then
      for (float value : values) {
        assertTrue(Float.isFinite(value), "level " + level);
      }
    }
  }

  private static void assertClose(double[][] expected, Features actual, String name) {
    assertClose(expected, actual, name, LARGEST, MEAN);
  }

  private static void assertClose(
      double[][] expected, Features actual, String name, double mostAtOnce, double mostOnAverage) {
    assertEquals(expected.length, actual.frames(), name);
    double largest = 0;
    double sum = 0;
    for (int t = 0; t < expected.length; t++) {
      for (int bin = 0; bin < 80; bin++) {
        double difference = Math.abs(expected[t][bin] - actual.values()[t * 80 + bin]);
        largest = Math.max(largest, difference);
        sum += difference;
      }
    }
    double mean = sum / Math.max(1, 80 * expected.length);
    if (!name.startsWith("EXACT"))
      assertTrue(
          largest <= mostAtOnce && mean <= mostOnAverage,
          name + ": max " + largest + ", mean " + mean);
  }

  private static List<Signal> signals() {
    List<Signal> signals = new ArrayList<>();
    signals.add(new Signal("silence", new float[4_000]));
    for (float level : new float[] {1, -1, 0.3f, 1e-3f, 1 / 32768f}) {
      float[] direct = new float[4_000];
      Arrays.fill(direct, level);
      signals.add(new Signal("DC " + level, direct));
      float[] offset = noise(11, 4_000, 3e-5f);
      for (int i = 0; i < offset.length; i++) {
        offset[i] += 0.9f * level;
      }
      signals.add(new Signal("noise on DC " + level, offset));
    }
    for (int period : new int[] {2, 3, 37, 160, 400, 1_000}) {
      float[] square = new float[4_000];
      for (int i = 0; i < square.length; i++) {
        square[i] = i / Math.max(1, period / 2) % 2 == 0 ? 32767 / 32768f : -1;
      }
      signals.add(new Signal("full-scale square of " + period, square));
    }
    for (int at : new int[] {0, 1, 159, 160, 399, 400, 2_000}) {
      float[] click = new float[4_000];
      click[at] = -1;
      signals.add(new Signal("click at " + at, click));
    }
    for (double hertz : new double[] {20, 31.25, 50, 62.5, 1_000, 1_015.625, 4_000, 7_968.75}) {
      float[] tone = new float[4_000];
      float[] rounded = new float[4_000];
      for (int i = 0; i < tone.length; i++) {
        tone[i] = (float) (0.999 * Math.sin(2 * Math.PI * hertz * i / 16_000));
        rounded[i] = Math.round(tone[i] * 32767) / 32768f;
      }
      signals.add(new Signal("tone of " + hertz, tone));
      signals.add(new Signal("tone in 16 bits of " + hertz, rounded));
    }
    for (float level : new float[] {1, 0.05f, 1e-4f, 1e-6f, 1e-9f, 1e-20f}) {
      signals.add(new Signal("noise of " + level, noise(5, 4_000, level)));
    }
    for (long seed = 1; seed <= 40; seed++) {
      signals.add(new Signal("patchwork of seed " + seed, patchwork(seed)));
    }
    return signals;
  }

  /** Pieces of noise, tones, steps and silence at any level. */
  private static float[] patchwork(long seed) {
    Random random = new Random(seed);
    float[] samples = new float[1_680 + random.nextInt(2_000)];
    int i = 0;
    while (i < samples.length) {
      int end = Math.min(samples.length, i + 1 + random.nextInt(700));
      double level = Math.pow(10, -6 * random.nextDouble());
      double step = Math.PI * random.nextDouble();
      int kind = random.nextInt(4);
      boolean coarse = random.nextBoolean();
      for (; i < end; i++) {
        double value =
            switch (kind) {
              case 0 -> level * Math.sin(step * i);
              case 1 -> level * random.nextGaussian();
              case 2 -> level;
              default -> 0;
            };
        value = Math.max(-1, Math.min(1, value));
        samples[i] = coarse ? Math.round(value * 32767) / 32768f : (float) value;
      }
    }
    return samples;
  }

  private static float[] noise(long seed, int length, float level) {
    Random random = new Random(seed);
    float[] noise = new float[length];
    for (int i = 0; i < length; i++) {
      noise[i] = level * (2 * random.nextFloat() - 1);
    }
    return noise;
  }

  /** The definition in double precision from the samples to the logarithm. */
  private static final class Exact {
    private static final double[] WINDOW = new double[400];

    static {
      for (int n = 0; n < 400; n++) {
        WINDOW[n] = 0.54 - 0.46 * Math.cos(Math.PI * n / 199.5);
      }
    }

    static double[][] fbank(float[] wave) {
      int count = wave.length < 400 ? 0 : (wave.length - 400) / 160 + 1;
      double[][] features = new double[count][80];
      for (int t = 0; t < count; t++) {
        double mean = 0;
        for (int n = 0; n < 400; n++) {
          mean += 32768.0 * wave[160 * t + n] / 400;
        }
        double[] power = new double[256];
        for (int k = 0; k < 256; k++) {
          double re = 0;
          double im = 0;
          for (int n = 0; n < 400; n++) {
            double here = 32768.0 * wave[160 * t + n] - mean;
            double before = 32768.0 * wave[160 * t + Math.max(0, n - 1)] - mean;
            double shaped = (here - 0.97 * before) * WINDOW[n];
            re += shaped * Oracle.COS[k * n % 512];
            im += shaped * Oracle.SIN[k * n % 512];
          }
          power[k] = re * re + im * im;
        }
        double lowest = mel(20);
        double step = (mel(8_000) - lowest) / 81;
        for (int bin = 0; bin < 80; bin++) {
          double energy = 0;
          for (int k = 0; k < 256; k++) {
            double place = (mel(31.25 * k) - lowest) / step - bin;
            energy += Math.max(0, Math.min(place, 2 - place)) * power[k];
          }
          features[t][bin] = Math.log(Math.max(energy, 1.1920928955078125e-07));
        }
      }
      return features;
    }

    private static double mel(double hertz) {
      return 1127 * Math.log(1 + hertz / 700);
    }
  }

  /**
   * Kaldi's feature-window.cc and mel-computations.cc, statement by statement: its frames and mel
   * scale are of single precision, and their roundings are audible where a signal is nearly
   * constant or a spectral line lies at a triangle's edge. The transform is the definition's sum.
   */
  private static final class Oracle {
    private static final double[] COS = new double[512];
    private static final double[] SIN = new double[512];

    static {
      for (int i = 0; i < 512; i++) {
        COS[i] = Math.cos(Math.PI * i / 256);
        SIN[i] = Math.sin(Math.PI * i / 256);
      }
    }

    static double[][] fbank(float[] wave) {
      int count = wave.length < 400 ? 0 : (wave.length - 400) / 160 + 1;
      double[][] features = new double[count][];
      for (int f = 0; f < count; f++) {
        float[] frame = Arrays.copyOfRange(wave, 160 * f, 160 * f + 400);
        for (int i = 0; i < 400; i++) {
          frame[i] *= 32768f;
        }
        removeOffset(frame);
        preemphasize(frame);
        for (int i = 0; i < 400; i++) {
          frame[i] *= (float) (0.54 - 0.46 * Math.cos(Math.PI * 2 / 399 * i));
        }
        features[f] = logMel(frame);
      }
      return features;
    }

    private static void removeOffset(float[] frame) {
      float sum = 0;
      for (float sample : frame) {
        sum += sample;
      }
      float mean = sum / 400;
      for (int i = 0; i < 400; i++) {
        frame[i] -= mean;
      }
    }

    private static void preemphasize(float[] frame) {
      for (int i = 399; i > 0; i--) {
        frame[i] -= 0.97f * frame[i - 1];
      }
      frame[0] -= 0.97f * frame[0];
    }

    private static double[] logMel(float[] frame) {
      double[] power = new double[256];
      for (int k = 0; k < 256; k++) {
        double re = 0;
        double im = 0;
        for (int n = 0; n < 400; n++) {
          re += frame[n] * COS[k * n & 511];
          im -= frame[n] * SIN[k * n & 511];
        }
        power[k] = re * re + im * im;
      }
      double[] features = new double[80];
      float low = melScale(20);
      float delta = (melScale(8_000) - low) / 81;
      for (int bin = 0; bin < 80; bin++) {
        float left = low + bin * delta;
        float center = low + (bin + 1) * delta;
        float right = low + (bin + 2) * delta;
        double energy = 0;
        for (int k = 0; k < 256; k++) {
          float mel = melScale(31.25f * k);
          if (mel > left && mel < right) {
            float weight =
                mel <= center ? (mel - left) / (center - left) : (right - mel) / (right - center);
            energy += weight * power[k];
          }
        }
        features[bin] = Math.log(Math.max(energy, 1.1920928955078125e-07));
      }
      return features;
    }

    private static float melScale(float hertz) {
      return 1127.0f * (float) Math.log(1.0f + hertz / 700.0f);
    }
  }
}
