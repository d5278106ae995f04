package io.turnwise.app.trials;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StretchTest {
  private static final Length SECOND = new Length(1);

  @Test
  void shouldTakeTheLoudestStretchThatBeginsOnTheGrid() {
    // Given: loud from 1.3 s to 2.2 s, which the second from 1.25 s on covers
    float[] samples = new float[48_000];
    Arrays.fill(samples, 20_800, 35_200, 0.5f);
    samples[20_000] = 0.125f;
    boolean[] speech = new boolean[300];
    speech[125] = true;

    // When
    Stretch loudest = new Stretch(samples, speech).loudest(SECOND);

    // Then
    assertEquals(16_000, loudest.samples().length);
    assertEquals(0.125f, loudest.samples()[0]);
    assertEquals(100, loudest.speech().length);
    assertEquals(0.01, loudest.speechSeconds(), 1e-12);
  }

  @Test
  void shouldTakeTheFirstOfStretchesThatAreEquallyLoud() {
    // Given
    float[] samples = new float[48_000];
    for (int i = 0; i < samples.length; i += 4_000) {
      samples[i] = 0.5f;
    }
    samples[1] = 1e-9f;

    // When
    Stretch loudest = new Stretch(samples, new boolean[300]).loudest(SECOND);

    // Then
    assertArrayEquals(Arrays.copyOf(samples, 16_000), loudest.samples());
  }

  @Test
  void shouldTakeAllOfWhatIsNoLonger() {
    // Given
    Stretch second = new Stretch(new float[16_000], new boolean[100]);

    // Then
    assertSame(second, second.loudest(SECOND));
    assertSame(second, second.loudest(new Length(5)));
    assertSame(second, second.loudest(Length.WHOLE));
  }

  @Test
  void shouldNotLookPastTheEnd() {
    // Given: the loudest second ends after the last one on the grid
    float[] samples = new float[19_999];
    samples[19_998] = 1;
    samples[3] = 0.5f;

    // Then
    assertEquals(0.5f, new Stretch(samples, new boolean[124]).loudest(SECOND).samples()[3]);
  }

  @Test
  void shouldRefuseFlagsThatDoNotFit() {
    assertThrows(
        IllegalArgumentException.class, () -> new Stretch(new float[16_000], new boolean[99]));
  }
}
