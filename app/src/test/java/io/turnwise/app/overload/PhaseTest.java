package io.turnwise.app.overload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PhaseTest {
  @Test
  void shouldTellGrowthAfterTheFirstQuarter() {
    // Given memory that grows fast at first, then from 200 to 208
    List<Long> samples =
        LongStream.of(50, 90, 150, 190, 200, 200, 200, 200, 203, 204, 900, 206, 208, 208, 208, 208)
            .boxed()
            .toList();

    assertEquals(4.0, phase(List.of(), samples).growthPercent().orElseThrow(), 1e-9);
  }

  @Test
  void shouldTellNoGrowthOfTooFewSamples() {
    assertTrue(phase(List.of(), List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L)).growthPercent().isEmpty());
    assertTrue(phase(List.of(), List.of()).growthPercent().isEmpty());
  }

  @Test
  void shouldTellTheMostAndTheLastLag() {
    Phase phase = phase(List.of(100L, 7_000L, 3_000L), List.of());

    assertEquals(7_000, phase.mostLagMillis());
    assertEquals(3_000, phase.lastLagMillis());
  }

  @Test
  void shouldNotPassMemoryThatCannotBeJudged() {
    String few = phase(List.of(), List.of(1L, 1L, 1L, 1L, 1L, 1L, 1L)).memoryFault(5).orElseThrow();
    String none = phase(List.of(), List.of()).memoryFault(5).orElseThrow();

    assertTrue(few.contains("from 7 samples") && few.contains("raise --minutes"), few);
    assertTrue(none.contains("does not say what a process holds"), none);
  }

  @Test
  void shouldPassMemoryThatGrewByTheLimitAndNoMore() {
    // Given memory that grows by 5 %
    Phase phase = phase(List.of(), List.of(100L, 100L, 100L, 100L, 100L, 100L, 105L, 105L));

    assertTrue(phase.memoryFault(5).isEmpty());
    assertTrue(phase.memoryFault(4.9).orElseThrow().contains("grew by 5.0 %"));
    assertTrue(phase.memoryFault(Double.NaN).isPresent());
  }

  @Test
  void shouldCountACallAsWholeOnlyWhenNoSpeakerIsLostAndNoneInvented() {
    // Given calls of two speakers in which two, one, three and two were found
    Phase phase =
        new Phase(
            "none",
            10,
            150,
            3,
            List.of(),
            List.of(),
            false,
            Double.NaN,
            0,
            0,
            2,
            List.of(2, 1, 3, 2));

    assertEquals(4, phase.calls());
    assertEquals(2, phase.whole());
  }

  private static Phase phase(List<Long> lag, List<Long> resident) {
    return new Phase("none", 10, 150, 3, lag, resident, false, Double.NaN, 0, 0, 2, List.of());
  }
}
