package io.turnwise.app.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.model.InputKind;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.topology.segment.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SoakTest {
  @Test
  void shouldLookAtTheMemoryAfterTheWarmUpAndAtTheEnd() {
    // Given a process that grows by a tenth between both looks
    List<Long> looks = new ArrayList<>(List.of(1_000L, 1_100L));

    // When
    Soak soak = soak(40, () -> OptionalLong.of(looks.remove(0)));

    // Then
    assertEquals(20, soak.warmUp());
    assertEquals(10, soak.growth().orElseThrow(), 1e-9);
    assertEquals(List.of(), looks);
  }

  @Test
  void shouldWarmUpForNoMoreThanIsOfUse() {
    assertEquals(250, Soak.warmUp(500));
    assertEquals(2_000, Soak.warmUp(20_000));
  }

  @Test
  void shouldSayNothingOfGrowthWhereTheSystemDoesNotTell() {
    assertEquals(OptionalDouble.empty(), soak(40, OptionalLong::empty).growth());
  }

  @Test
  void shouldReadTheResidentSetOutOfTheKernelsDescription() {
    assertEquals(
        OptionalLong.of(123_456L * 1024),
        ResidentMemory.in("Name:\tjava\nVmHWM:\t  999999 kB\nVmRSS:\t  123456 kB\nThreads:\t7\n"));
    assertEquals(OptionalLong.empty(), ResidentMemory.in("Name:\tjava\n"));
  }

  @Test
  void shouldMakeSoundsThatDifferAndRepeat() {
    // Given
    MadeUpSound one = new MadeUpSound(7);
    MadeUpSound same = new MadeUpSound(7);

    // When
    float[] first = one.next(1_680);
    float[] second = one.next(1_680);

    // Then
    assertEquals(0, Arrays.compare(first, same.next(1_680)));
    assertTrue(Arrays.compare(first, second) != 0);
    for (float sample : first) {
      assertTrue(sample >= -1 && sample <= 1, () -> "sample " + sample);
    }
  }

  private static Soak soak(int runs, Supplier<OptionalLong> memory) {
    Model model = new Model("tiny", "f", InputKind.WAVEFORM, 0, 1, 0.5f, OnnxBytes.waveform());
    try (SpeakerEmbedder segments = SpeakerEmbedder.open(model, Segment.SAMPLES);
        SpeakerEmbedder any = SpeakerEmbedder.openForAnyLength(model)) {
      return Soak.of(segments, any, runs, memory);
    }
  }
}
