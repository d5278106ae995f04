package io.turnwise.inference.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.turnwise.inference.internal.RealFft;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FbankTest {
  private final Fbank fbank = new Fbank();

  @ParameterizedTest
  @CsvSource({"0, 0", "399, 0", "400, 1", "559, 1", "560, 2", "24000, 148"})
  void shouldMakeWholeFramesOnly(int samples, int frames) {
    assertEquals(frames, Fbank.frames(samples));
    assertEquals(frames, fbank.compute(new float[samples], 0, samples).frames());
  }

  @Test
  void shouldFloorSilenceAtTheLogarithmOfFloatsEpsilon() {
    // When
    float[] values = fbank.compute(new float[560], 0, 560).values();

    // Then
    float[] floor = new float[160];
    Arrays.fill(floor, (float) Math.log(1.1920929e-07));
    assertArrayEquals(floor, values);
  }

  @Test
  void shouldCentreSilenceAtZero() {
    assertArrayEquals(
        new float[148 * 80], fbank.computeCentred(new float[24_000], 0, 24_000).values());
  }

  @Test
  void shouldCentreEachBinOverTime() {
    // Given
    float[] noise = noise(24_000);

    // When
    Features features = fbank.computeCentred(noise, 0, noise.length);

    // Then
    for (int bin = 0; bin < 80; bin++) {
      double sum = 0;
      for (int t = 0; t < features.frames(); t++) {
        sum += features.values()[t * 80 + bin];
      }
      assertEquals(0, sum / features.frames(), 1e-6);
    }
  }

  @Test
  void shouldIgnoreWhatLiesAroundTheStretch() {
    // Given
    float[] noise = noise(24_000);
    float[] around = new float[26_000];
    Arrays.fill(around, 0.7f);
    System.arraycopy(noise, 0, around, 1000, noise.length);

    // Then
    assertArrayEquals(
        fbank.compute(noise, 0, 24_000).values(), fbank.compute(around, 1000, 24_000).values());
  }

  @Test
  void shouldRefuseAStretchOutsideTheSamples() {
    assertThrows(IndexOutOfBoundsException.class, () -> fbank.compute(new float[500], 200, 400));
  }

  @Test
  void shouldPeakInTheBinOfATone() {
    // Given
    float[] tone = new float[400];
    for (int i = 0; i < tone.length; i++) {
      tone[i] = (float) (0.5 * Math.sin(2 * Math.PI * 1000 * i / 16_000));
    }

    // When
    float[] values = fbank.compute(tone, 0, 400).values();

    // Then: mel(1000) = 1000 lies (1000 - mel(20)) / step - 1 triangles up
    double lowest = 1127 * Math.log(1 + 20 / 700.0);
    double step = (1127 * Math.log(1 + 8000 / 700.0) - lowest) / 81;
    int expected = (int) Math.round((1127 * Math.log(1 + 1000 / 700.0) - lowest) / step) - 1;
    int peak = 0;
    for (int bin = 0; bin < 80; bin++) {
      peak = values[bin] > values[peak] ? bin : peak;
    }
    assertEquals(expected, peak);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 49, 50, 51, 101, 148})
  void shouldGiveAFrameTheSameBitsWhateverTheOthersAre(int frames) {
    // Given
    float[] noise = noise(Fbank.FRAME_LENGTH + (frames - 1) * Fbank.FRAME_SHIFT);

    // When
    float[] together = fbank.compute(noise, 0, noise.length).values();

    // Then
    for (int t = 0; t < frames; t++) {
      float[] alone = fbank.compute(noise, t * Fbank.FRAME_SHIFT, Fbank.FRAME_LENGTH).values();
      float[] among = Arrays.copyOfRange(together, t * Fbank.BINS, (t + 1) * Fbank.BINS);
      assertArrayEquals(alone, among, "frame " + t);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16, 256, 512})
  void shouldTransformAsTheDefinitionSays(int size) {
    // Given
    Random random = new Random(5);
    int frames = 3;
    double[][] samples = new double[size][];
    RealFft.Batch batch = new RealFft(size).batch(frames);
    for (int n = 0; n < size; n++) {
      samples[n] = random.doubles(frames, -1, 1).toArray();
      System.arraycopy(samples[n], 0, batch.sample(n), 0, frames);
    }

    // When
    batch.toPower();

    // Then
    for (int k = 0; k < size / 2; k++) {
      for (int frame = 0; frame < frames; frame++) {
        double re = 0;
        double im = 0;
        for (int n = 0; n < size; n++) {
          re += samples[n][frame] * Math.cos(2 * Math.PI * k * n / size);
          im -= samples[n][frame] * Math.sin(2 * Math.PI * k * n / size);
        }
        double power = re * re + im * im;
        assertEquals(power, batch.power(k)[frame], 1e-9, "bin " + k + " of frame " + frame);
      }
    }
  }

  private static float[] noise(int length) {
    Random random = new Random(42);
    float[] noise = new float[length];
    for (int i = 0; i < length; i++) {
      noise[i] = random.nextFloat() - 0.5f;
    }
    return noise;
  }
}
