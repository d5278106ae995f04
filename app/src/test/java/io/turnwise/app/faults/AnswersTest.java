package io.turnwise.app.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswersTest {
  private static final Output.Kind CHANGES = Output.Kind.SPEAKER_CHANGES;

  @Test
  void shouldFindNoDifferenceWhenTheSameBytesCameInTheSameOrderOfEachCall() {
    // Given
    List<Output> expected = List.of(output("a", 1), output("a", 2), output("b", 1));
    List<Output> seen = List.of(output("b", 1), output("a", 1), output("a", 2));

    // When
    Answers.Difference difference = Answers.of(expected).differenceOf(Answers.of(seen));

    // Then
    assertTrue(difference.none(), difference.toString());
  }

  @Test
  void shouldCountWhatIsMissing() {
    assertDifference(List.of(output("a", 1)), 2, 0, 0, 0);
  }

  @Test
  void shouldCountWhatIsThereTwice() {
    assertDifference(
        List.of(output("a", 1), output("a", 2), output("a", 2), output("b", 1)), 0, 1, 0, 0);
  }

  @Test
  void shouldCountWhatShouldNotBeThere() {
    assertDifference(
        List.of(output("a", 1), output("a", 2), output("a", 9), output("b", 1)), 0, 0, 1, 0);
  }

  @Test
  void shouldCountWhatCameOfAnUnknownCall() {
    assertDifference(
        List.of(output("a", 1), output("a", 2), output("b", 1), output("c", 1)), 0, 0, 1, 0);
  }

  @Test
  void shouldCountAChangedValueAsLostAndInvented() {
    assertDifference(List.of(output("a", 1), output("a", 3), output("b", 1)), 1, 0, 1, 0);
  }

  @Test
  void shouldCountCallsWhoseOrderIsWrong() {
    List<Output> shuffled = new ArrayList<>(expected());
    Collections.swap(shuffled, 0, 1);
    assertDifference(shuffled, 0, 0, 0, 1);
  }

  @Test
  void shouldTellOneTopicFromAnother() {
    // Given
    Output embedding = new Output(Output.Kind.SPEAKER_EMBEDDINGS, "a", new byte[] {1}, 0);

    // When
    Answers.Difference difference =
        Answers.of(List.of(output("a", 1))).differenceOf(Answers.of(List.of(embedding)));

    // Then
    assertEquals(1, difference.lost());
    assertEquals(1, difference.invented());
    assertEquals(2, difference.where().size());
  }

  private static void assertDifference(
      List<Output> seen, int lost, int duplicated, int invented, int reordered) {
    Answers.Difference difference = Answers.of(expected()).differenceOf(Answers.of(seen));
    assertEquals(
        List.of(lost, duplicated, invented, reordered, false),
        List.of(
            difference.lost(),
            difference.duplicated(),
            difference.invented(),
            difference.reordered(),
            difference.none()),
        difference.toString());
  }

  private static List<Output> expected() {
    return List.of(output("a", 1), output("a", 2), output("b", 1));
  }

  private static Output output(String call, int value) {
    return new Output(CHANGES, call, new byte[] {(byte) value}, 0);
  }
}
