package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.ChangeType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was said is repaired by events once more is known. */
class CorrectionsTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void shouldTellApartAndGiveBackWhatWasTakenForOneOfThreeCloseSpeakers(long seed) {
    // Given three people who are alike, in turns of a few seconds
    SyntheticCall made = new SyntheticCall(seed, 3, 64, 0.42, 0.66);
    List<double[]> turns = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int speaker = i < 2 ? i : i % 3;
      turns.add(new double[] {made.end(), made.end() + 4000, speaker});
      made.turn(speaker, 4);
    }

    // When
    FollowedCall call = new FollowedCall("seed " + seed);
    call.hear(made.segments(0));
    call.end();

    // Then each has one name, from the first minute on
    double right = right(call, turns, 0);
    assertTrue(right > 0.93, "seed " + seed + ": " + right + " right, " + call.names());
    assertTrue(
        call.changes().stream()
            .anyMatch(
                change ->
                    change.type() == ChangeType.REASSIGNED
                        || change.type() == ChangeType.CHANGED
                            && change.capturedAt().toEpochMilli() - change.atMillis() > 6_000),
        "seed " + seed + ": something was repaired");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 5, 6})
  void shouldMergeTwoNamesWhenTheyTurnOutToBeOnePerson(long seed) {
    // Given somebody who sounds like two at first, and then like all between these
    SyntheticCall made = new SyntheticCall(seed, 2, 64, 0.55, 0.7);
    made.turn(0, 10).turn(1, 10).turn(0, 6).turn(1, 6);
    for (int i = 0; i < 60; i++) {
      made.drift(0, 1, 1, 3).drift(1, 0, 1, 3);
    }

    // When
    FollowedCall call = new FollowedCall("seed " + seed);
    List<Observation> segments = made.segments(0);
    call.hear(segments.subList(0, 40));
    int first = call.standing().size();
    call.hear(segments.subList(40, segments.size()));
    call.end();

    // Then
    assertEquals(2, first, "seed " + seed);
    assertEquals(1, call.standing().size(), "seed " + seed);
    assertFalse(call.changes(ChangeType.MERGED).isEmpty(), "seed " + seed);
  }

  /** Share of the middles of turns whose name is that of most of the speaker's, one to one. */
  private static double right(FollowedCall call, List<double[]> turns, int channel) {
    Map<String, Map<Double, Integer>> names = new HashMap<>();
    for (double[] turn : turns) {
      String name = call.timeline().speakerAt(channel, (long) (turn[0] + turn[1]) / 2);
      names.computeIfAbsent(name, heard -> new HashMap<>()).merge(turn[2], 1, Integer::sum);
    }
    Map<Double, Integer> best = new HashMap<>();
    names
        .values()
        .forEach(
            speakers -> {
              Map.Entry<Double, Integer> most =
                  speakers.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
              best.merge(most.getKey(), most.getValue(), Math::max);
            });
    return best.values().stream().mapToInt(Integer::intValue).sum() / (double) turns.size();
  }
}
