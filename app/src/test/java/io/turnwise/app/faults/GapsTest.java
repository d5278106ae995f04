package io.turnwise.app.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GapsTest {
  @Test
  void shouldMeasureEachCallByItself() {
    // Given
    List<Output> outputs =
        List.of(output("a", 1000), output("b", 1100), output("a", 4000), output("b", 1200));

    // When
    List<Gaps.Gap> gaps = Gaps.of(outputs, output -> 0);

    // Then
    assertEquals(3000, Gaps.longestMillis(gaps));
  }

  @Test
  void shouldCountFromWhenTheFirstOutputWasDue() {
    // When
    List<Gaps.Gap> gaps = Gaps.of(List.of(output("a", 7000)), output -> millis(500));

    // Then
    assertEquals(6500, Gaps.longestMillis(gaps));
  }

  @Test
  void shouldNotCountAPauseOfTheSpeech() {
    // Given an output that is due 5 s after the one before, and there 400 ms later
    List<Output> outputs = List.of(output("a", 1000), output("a", 6400));

    // When
    List<Gaps.Gap> gaps =
        Gaps.of(outputs, output -> output.nanos() == millis(1000) ? millis(900) : millis(6000));

    // Then
    assertEquals(400, Gaps.longestMillis(gaps));
  }

  @Test
  void shouldGiveAGapToTheFaultsUnderWayInIt() {
    // Given
    List<Output> outputs = List.of(output("a", 1000), output("a", 9000), output("a", 11_000));
    List<Gaps.Gap> gaps = Gaps.of(outputs, output -> 0);

    // When
    Map<String, Long> longest =
        Gaps.longestByFault(
            gaps,
            List.of(
                done(FaultKind.INSTANCE_KILLED, 2000, 3000),
                done(FaultKind.REGISTRY_DOWN, 8000, 8500)));

    // Then
    assertEquals(Map.of("kill-instance+registry-outage", 8000L, "registry-outage", 2000L), longest);
  }

  @Test
  void shouldCountAFaultAsUnderWayUntilWhatStoodStillWhenItWasHealedMovesAgain() {
    // Given a call that stands still over the first fault's end, and one that does so only later
    List<Output> outputs =
        List.of(
            output("a", 1000),
            output("a", 9000),
            output("b", 3500),
            output("b", 9100),
            output("b", 11_000));
    List<Gaps.Gap> gaps = Gaps.of(outputs, output -> 0);

    // When
    Map<String, Long> longest =
        Gaps.longestByFault(
            gaps,
            List.of(
                done(FaultKind.INSTANCE_KILLED, 2000, 3000),
                done(FaultKind.BROKER_LEADER_KILLED, 5000, 9500)));

    // Then the broker alone has only what began when both calls had moved again
    assertEquals(
        Map.of("kill-instance", 3500L, "kill-instance+kill-leader", 8000L, "kill-leader", 1900L),
        longest);
  }

  @Test
  void shouldGiveALaterGapToTheLastFaultBefore() {
    // Given
    List<Output> outputs = List.of(output("a", 1000), output("a", 5000), output("a", 6000));
    List<Gaps.Gap> gaps = Gaps.of(outputs, output -> 0);

    // When
    Map<String, Long> longest =
        Gaps.longestByFault(gaps, List.of(done(FaultKind.CLOCK_JUMPED, 500, 500)));

    // Then
    assertEquals(Map.of("clock-jump", 4000L), longest);
  }

  @Test
  void shouldGiveAGapBeforeTheFirstFaultToNone() {
    // Given
    List<Gaps.Gap> gaps = Gaps.of(List.of(output("a", 1000)), output -> 0);

    // When
    Map<String, Long> longest =
        Gaps.longestByFault(gaps, List.of(done(FaultKind.CLOCK_JUMPED, 5000, 5000)));

    // Then
    assertEquals(Map.of(), longest);
  }

  private static DoneFault done(FaultKind kind, long fromMillis, long toMillis) {
    return new DoneFault(
        new PlannedFault(kind, 0.5, 1), millis(fromMillis), millis(toMillis), "", true);
  }

  private static Output output(String call, long atMillis) {
    return new Output(Output.Kind.SPEAKER_CHANGES, call, new byte[0], millis(atMillis));
  }

  private static long millis(long millis) {
    return millis * 1_000_000;
  }
}
