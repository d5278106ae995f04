package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TuningReportTest {
  private static final SortedSet<String> NAMES = new TreeSet<>(List.of("a", "b", "c"));
  private static final GridSearch GRID =
      GridSearch.of(new TreeMap<>(Map.of("k", List.of("1", "2", "3"))), OptionalInt.empty(), 1);

  /**
   * Each recording has 100 frames; each value is right for one recording and bad for the others.
   */
  private static DiarizationError overFitted(Candidate candidate, SortedSet<String> names) {
    DiarizationError sum = DiarizationError.NONE;
    for (String name : names) {
      String right = Map.of("a", "1", "b", "2", "c", "3").get(name);
      long confused =
          candidate.values().isEmpty() ? 20 : candidate.values().containsValue(right) ? 0 : 40;
      sum = sum.plus(new DiarizationError(100, 5, 0, confused, 2, 2));
    }
    return sum;
  }

  @Test
  void shouldShowThatTheBestFitsOnlyWhatItWasFoundOn() {
    // When
    TuningReport report =
        TuningReport.of(GRID, Objective.CONFUSION, NAMES, TuningReportTest::overFitted);

    // Then: 0, 40, 40 for the chosen one, and 40 for each recording by the best of the others
    assertEquals("k=1", report.best().toString());
    assertEquals(80.0 / 300, Objective.CONFUSION.of(report.trials().get(report.best())), 1e-12);
    assertEquals(120.0 / 300, Objective.CONFUSION.of(report.leftOut().orElseThrow()), 1e-12);
    assertEquals(
        """
            DER    miss  false alarm  confusion  settings
         25.00%   5.00%        0.00%     20.00%  unchanged
         31.67%   5.00%        0.00%     26.67%  k=1
         31.67%   5.00%        0.00%     26.67%  k=2
         31.67%   5.00%        0.00%     26.67%  k=3

        by confusion on 3 recordings:
         25.00%   5.00%        0.00%     20.00%  unchanged
         31.67%   5.00%        0.00%     26.67%  best, on what it was found on
         45.00%   5.00%        0.00%     40.00%  each recording by the best of the others
        """,
        report.table());
  }

  @Test
  void shouldGiveNoFigureOfOthersForOneRecording() {
    // When
    TuningReport report =
        TuningReport.of(
            GRID, Objective.DER, new TreeSet<>(List.of("b")), TuningReportTest::overFitted);

    // Then
    assertEquals(Optional.empty(), report.leftOut());
    assertEquals("k=2", report.best().toString());
    assertTrue(report.json().contains("\"leftOut\":null"), report.json());
  }

  @Test
  void shouldWriteAFileThatPropertiesReadAsItWas() throws Exception {
    // Given
    TuningReport report = TuningReport.of(GRID, Objective.DER, NAMES, TuningReportTest::overFitted);

    // When
    Properties read = new Properties();
    read.load(
        new StringReader(report.properties(Map.of("turnwise.gate", "silero:C:\\models\\v.onnx"))));

    // Then
    assertEquals(Map.of("k", "1", "turnwise.gate", "silero:C:\\models\\v.onnx"), read);
  }
}
