package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.app.evaluate.TrackingComparison.Contender;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TrackingComparisonTest {
  private static final TrackingComparison COMPARISON =
      new TrackingComparison(
          List.of(
              contender("naive matcher", 0.6, 30, 5),
              contender("perfect", 0.5, 0, 2),
              contender("tracker", 0.4, 12, 3)),
          contender("tracker, as first published", 0.4, 40, 4));

  @Test
  void shouldCompareTheTrackersConfusionWithThatOfEachBaseline() {
    // Then: 12 + 10 frames against 30 + 10, and against 0 + 10
    assertEquals(
        0.55, COMPARISON.confusionRatio(COMPARISON.contenders().get(0)).orElseThrow(), 1e-9);
    assertEquals(
        2.2, COMPARISON.confusionRatio(COMPARISON.contenders().get(1)).orElseThrow(), 1e-9);
    assertTrue(
        COMPARISON.table().contains("confusion of tracker over that of naive matcher: 0.55"),
        COMPARISON.table());
    assertTrue(
        COMPARISON.table().contains("tracker, as first published, threshold 0.40"),
        COMPARISON.table());
  }

  @Test
  void shouldCountSpeakersByRecording() {
    // Then: in "b" two of two are found by all
    assertEquals(1, COMPARISON.tracker().rightCounts());
    assertEquals(1, COMPARISON.tracker().worstCount());
    assertEquals(3, COMPARISON.contenders().get(0).worstCount());
    assertTrue(COMPARISON.table().contains("2 -> 5"), COMPARISON.table());
    assertTrue(COMPARISON.table().contains("1 of 2 right, worst 3 off"), COMPARISON.table());
  }

  @Test
  void shouldGiveTheSameFiguresAsJson() throws IOException {
    // When
    JsonNode json = new JsonMapper().readTree(COMPARISON.json());

    // Then
    assertEquals(0.55, json.at("/confusionRatio/naive matcher").asDouble(), 1e-9);
    assertEquals("tracker", json.at("/contenders/2/name").asText());
    assertEquals(0.4, json.at("/contenders/2/threshold").asDouble());
    assertEquals(22.0 / 2000, json.at("/contenders/2/confusion").asDouble(), 1e-9);
    assertEquals(12.0 / 1000, json.at("/contenders/2/files/a/confusion").asDouble(), 1e-9);
    assertEquals(3, json.at("/contenders/2/files/a/hypSpeakers").asInt());
    assertEquals(50.0 / 2000, json.at("/firstPublished/confusion").asDouble(), 1e-9);
    assertEquals(4, json.at("/firstPublished/files/a/hypSpeakers").asInt());
  }

  private static Contender contender(String name, double threshold, long confusion, int speakers) {
    return new Contender(
        name,
        threshold,
        new TreeMap<>(
            Map.of(
                "a", new DiarizationError(1000, 1, 2, confusion, 2, speakers),
                "b", new DiarizationError(1000, 1, 2, 10, 2, 2))));
  }
}
