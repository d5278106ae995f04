package io.turnwise.app.evaluate;

import static io.turnwise.app.evaluate.DiarizationErrorTest.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HopReportTest {
  @Test
  void shouldPutAKindOfRecordingsAtAHopIntoALine() {
    // Given: 1.5 s of speech of which 0.2 s go to the wrong one, in a minute of two channels
    TreeMap<Integer, SpeechTimeline> speech = new TreeMap<>();
    speech
        .computeIfAbsent(0, channel -> new SpeechTimeline())
        .add(HypothesisTest.segment(0, 0, 150));
    Events events = new Events().changed(0, 0, "S1", 900, true).changed(0, 1_200, "S2", 1_500);
    CallScore score =
        CallScore.of(turns("0 1 A;1 0.5 B"), new Replayed(speech, events.list(), 4), 0, 60);
    HopReport.Row row = new HopReport.Row("telephone", 750, score, 4, 60_000_000, 120);

    // When
    String page =
        new HopReport("m", "energy", "telephone: 1 recording", "a machine", List.of(row))
            .markdown();

    // Then
    assertEquals(
        "| telephone | 750 ms | 13.3 % (13.3) | 13.3 % (13.3) | 1 of 1 | 200 / 200 ms | 900 ms"
            + " | 500 ms | 500 ms | 2.0 | 15.0 ms | 2000.0 |",
        page.lines().filter(line -> line.startsWith("| telephone")).findFirst().orElseThrow());
    assertTrue(page.startsWith("# The hop\n\nWritten by `turnwise bench hops "), page);
    assertTrue(page.contains("do not edit."), page);
  }

  @Test
  void shouldHaveNoFiguresOfNothing() {
    // When
    HopReport.Row row = new HopReport.Row("wide band", 250, CallScore.NONE, 0, 0, 0);

    // Then
    assertEquals(0, row.cpuMillis());
    assertEquals(0, row.realTimeFactor());
    assertTrue(
        new HopReport("m", "g", "none", "none", List.of(row))
            .markdown()
            .contains(
                "| wide band | 250 ms | 0.0 % (0.0) | 0.0 % (0.0) | 0 of 0 | - | - | - | - |"));
  }
}
