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
  /** Far within the limits of parity with Kaldi, 1e-3 and 1e-5. */
  private static final double LARGEST = 2e-5;

  private static final double MEAN = 2e-6;

  /** Of a frame's loudest amplitude: some roundings of 24 bits. */
  private static final double ROUNDED = 1e-6;

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
  void shouldBeOffExactArithmeticByWhatSinglePrecisionCannotHold() {
    for (Signal signal : signals()) {
      if (signal.name().contains("DC")) {
        // of an offset that dwarfs the sound even the frame's mean is rounded, in Kaldi as here
        continue;
      }
      // Given: sums over a frame of 16-bit samples are exact
      float[] samples = signal.samples().clone();
      for (int i = 0; i < samples.length; i++) {
        samples[i] = Math.round(samples[i] * 32767) / 32768f;
      }

      // When
      Features features = new Fbank().compute(samples, 0, samples.length);

      // Then: amplitudes are off by 1e-4 of themselves and by what is rounded of the whole frame
      double[][] exact = Exact.fbank(samples);
      for (int t = 0; t < exact.length; t++) {
        double loudest = Arrays.stream(exact[t]).map(log -> Math.exp(log / 2)).max().orElseThrow();
        for (int bin = 0; bin < 80; bin++) {
          double expected = Math.exp(exact[t][bin] / 2);
          double actual = Math.exp(features.values()[t * 80 + bin] / 2.0);
          double off = Math.abs(actual - expected);
          assertTrue(
              off <= 1e-4 * expected + ROUNDED * loudest,
              signal.name() + ", frame " + t + ", bin " + bin + ": " + off / loudest);
        }
      }
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
      assertTrue(largest <= LARGEST && mean <= MEAN, name + ": max " + largest + ", mean " + mean);
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
    private static final double[] COS = new double[512];
    private static final double[] SIN = new double[512];

    static {
      for (int i = 0; i < 512; i++) {
        COS[i] = Math.cos(Math.PI * i / 256);
        SIN[i] = Math.sin(Math.PI * i / 256);
      }
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
            re += shaped * COS[k * n % 512];
            im += shaped * SIN[k * n % 512];
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
   * constant or a spectral line lies at a triangle's edge. The transform is that of kiss_fft, by
   * recursion.
   */
  private static final class Oracle {
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
      float[] power = power(Arrays.copyOf(frame, 512));
      double[] features = new double[80];
      float low = melScale(20);
      float delta = (melScale(8_000) - low) / 81;
      for (int bin = 0; bin < 80; bin++) {
        float left = low + bin * delta;
        float center = low + (bin + 1) * delta;
        float right = low + (bin + 2) * delta;
        float energy = 0;
        for (int k = 0; k < 256; k++) {
          float mel = melScale(31.25f * k);
          if (mel > left && mel < right) {
            float weight =
                mel <= center ? (mel - left) / (center - left) : (right - mel) / (right - center);
            energy += weight * power[k];
          }
        }
        features[bin] = Math.log(Math.max(energy, Math.ulp(1f)));
      }
      return features;
    }

    /** kiss_fftr: the spectrum of even and odd samples taken for complex numbers, then parted. */
    private static float[] power(float[] frame) {
      float[][] even = new float[256][];
      for (int i = 0; i < 256; i++) {
        even[i] = new float[] {frame[2 * i], frame[2 * i + 1]};
      }
      float[][] z = transform(even);
      float[] power = new float[257];
      power[0] = square(z[0][0] + z[0][1]);
      for (int k = 1; k <= 128; k++) {
        float[] mirrored = {z[256 - k][0], -z[256 - k][1]};
        float[] sum = plus(z[k], mirrored);
        float[] turned = times(minus(z[k], mirrored), root(-Math.PI * (k / 256.0 + 0.5)));
        power[k] = square((sum[0] + turned[0]) * 0.5f) + square((sum[1] + turned[1]) * 0.5f);
        power[256 - k] = square((sum[0] - turned[0]) * 0.5f) + square((turned[1] - sum[1]) * 0.5f);
      }
      return power;
    }

    /** kiss_fft: four transforms of every fourth number, joined. */
    private static float[][] transform(float[][] in) {
      int quarter = in.length / 4;
      if (quarter == 0) {
        return in;
      }
      float[][][] parts = new float[4][quarter][];
      for (int i = 0; i < in.length; i++) {
        parts[i % 4][i / 4] = in[i];
      }
      for (int q = 0; q < 4; q++) {
        parts[q] = transform(parts[q]);
      }
      float[][] out = new float[in.length][];
      for (int k = 0; k < quarter; k++) {
        double step = -2 * Math.PI * k / in.length;
        float[] b = times(parts[1][k], root(step));
        float[] c = times(parts[2][k], root(2 * step));
        float[] d = times(parts[3][k], root(3 * step));
        float[] difference = minus(parts[0][k], c);
        float[] sum = plus(parts[0][k], c);
        float[] odds = plus(b, d);
        float[] cross = minus(b, d);
        out[k] = plus(sum, odds);
        out[k + quarter] = new float[] {difference[0] + cross[1], difference[1] - cross[0]};
        out[k + 2 * quarter] = minus(sum, odds);
        out[k + 3 * quarter] = new float[] {difference[0] - cross[1], difference[1] + cross[0]};
      }
      return out;
    }

    private static float[] root(double phase) {
      return new float[] {(float) Math.cos(phase), (float) Math.sin(phase)};
    }

    private static float[] plus(float[] a, float[] b) {
      return new float[] {a[0] + b[0], a[1] + b[1]};
    }

    private static float[] minus(float[] a, float[] b) {
      return new float[] {a[0] - b[0], a[1] - b[1]};
    }

    private static float[] times(float[] a, float[] b) {
      return new float[] {a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]};
    }

    private static float square(float x) {
      return x * x;
    }

    private static float melScale(float hertz) {
      return 1127.0f * (float) Math.log(1.0f + hertz / 700.0f);
    }
  }
}
