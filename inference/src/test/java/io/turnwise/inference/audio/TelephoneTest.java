package io.turnwise.inference.audio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TelephoneTest {
  private static final int SAMPLES = 16_000;

  /** Samples at either end that hear the silence around the sound. */
  private static final int EDGE = 1_000;

  @ParameterizedTest
  @CsvSource({"400, 0.98", "1000, 0.98", "2500, 0.98", "3300, 0.98"})
  void shouldPassWhatLiesInTheBandWithoutDelay(double hertz, double least) {
    // Given
    float[] tone = tone(hertz);

    // When
    float[] heard = Telephone.through(tone);

    // Then: the tone itself explains nearly all that is heard, at its own level
    assertEquals(SAMPLES, heard.length);
    assertEquals(1, dot(tone, heard) / dot(tone, tone), 1 - least);
    assertTrue(dot(tone, heard) / Math.sqrt(dot(tone, tone) * dot(heard, heard)) > 0.998);
  }

  @ParameterizedTest
  @ValueSource(doubles = {50, 150, 3_700, 4_500, 7_000})
  void shouldStopWhatLiesOutsideOfIt(double hertz) {
    // Given
    float[] tone = tone(hertz);

    // When
    float[] heard = Telephone.through(tone);

    // Then
    double level = 10 * Math.log10(dot(heard, heard) / dot(tone, tone) + 1e-12);
    assertTrue(level < -40, () -> hertz + " Hz is heard at " + level + " dB");
  }

  @Test
  void shouldKeepTheLengthWhateverItIs() {
    for (int samples : new int[] {0, 1, 2, 3, 479, 24_001}) {
      assertEquals(samples, Telephone.through(new float[samples]).length);
    }
  }

  @Test
  void shouldGiveStepsOf16BitsWithinFullScale() {
    // Given: noise louder than the line
    Random random = new Random(9);
    float[] noise = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      noise[i] = (float) Math.max(-1, Math.min(1, random.nextGaussian()));
    }

    // When
    float[] heard = Telephone.through(noise);

    // Then
    for (float sample : heard) {
      assertEquals(sample * 32768, Math.rint(sample * 32768));
      assertTrue(sample >= -1 && sample < 1, () -> "sample " + sample);
    }
  }

  @Test
  void shouldGiveEachMulawCodeBackAsItself() {
    for (int code = 0; code < 256; code++) {
      if (code != 0x7f) {
        assertEquals((byte) code, G711.mulaw(G711.MULAW[code]), "code " + code);
      }
    }
    // the other of the two zeros
    assertEquals((byte) 0xff, G711.mulaw(G711.MULAW[0x7f]));
  }

  @Test
  void shouldChooseTheMulawStepThatHoldsTheSample() {
    for (int linear = -32_768; linear < 32_768; linear++) {
      // When
      int code = G711.mulaw(linear / 32768f) & 0xff;

      // Then: a step's level is its middle; what is beyond the last step is clipped
      int halfStep = 4 << ((~code >> 4) & 7);
      float within = Math.min(Math.abs(linear), 32_635) * Math.signum(linear);
      float distance = Math.abs(within - G711.MULAW[code] * 32768);
      assertTrue(distance <= halfStep, "sample " + linear + " is " + distance + " off");
    }
    assertEquals((byte) 0x80, G711.mulaw(3));
    assertEquals((byte) 0x00, G711.mulaw(-3));
  }

  private static float[] tone(double hertz) {
    float[] tone = new float[SAMPLES];
    for (int i = EDGE; i < SAMPLES - EDGE; i++) {
      double fade = Math.min(1, Math.min(i - EDGE, SAMPLES - EDGE - i) / 2_000.0);
      tone[i] = (float) (0.5 * fade * Math.sin(2 * Math.PI * hertz * i / 16_000));
    }
    return tone;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
