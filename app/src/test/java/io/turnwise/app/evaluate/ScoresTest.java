package io.turnwise.app.evaluate;

import static io.turnwise.app.evaluate.DiarizationErrorTest.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.app.evaluate.Scores.Scored;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScoresTest {
  private static final List<Turn> REFERENCE = turns("0 1 A;1 0.5 B");

  /** Two segments of speech without a pause, S1 and then S2; S2 was S3 before it was corrected. */
  private static Replayed replayed() {
    TreeMap<Integer, SpeechTimeline> speech = new TreeMap<>();
    speech
        .computeIfAbsent(0, channel -> new SpeechTimeline())
        .add(HypothesisTest.segment(0, 0, 150));
    return new Replayed(
        speech,
        new Events()
            .changed(0, 0, "S1", 900)
            .changed(0, 1_200, "S3", 1_500, true)
            .reassigned(0, 1_200, 1_500, "S3", "S2", 2_000)
            .list(),
        1);
  }

  @Test
  void shouldKeepTheKeysOfOldAndPutAllElseBesideThem() throws Exception {
    // Given: at the collar asked for, 0.3 s, the late boundary is not looked at
    Scores scores =
        new Scores(
            new TreeMap<>(
                Map.of(
                    "call", new Scored(1, 8_000, CallScore.of(REFERENCE, replayed(), 0.3, 60)))));

    // When
    JsonNode json = new JsonMapper().readTree(scores.json());

    // Then
    assertFalse(scores.json().contains("\n"));
    for (JsonNode block :
        List.of(
            json,
            json.at("/files/call"),
            json.at("/byChannels/single"),
            json.at("/byRate/telephone"))) {
      assertEquals(0, block.get("der").asDouble());
      assertEquals(0, block.get("miss").asDouble());
      assertEquals(0, block.get("falseAlarm").asDouble());
      assertEquals(0, block.get("confusion").asDouble());
      assertEquals(0.2 / 1.5, block.at("/collar0/der").asDouble(), 1e-9);
      assertEquals(0, block.at("/collar25/der").asDouble(), 1e-9);
      assertEquals(1 - (1 / 1.2 + 0.3 / 0.5) / 2, block.get("jer").asDouble(), 1e-9);
      assertEquals(0, block.at("/speakerCountError/mean").asDouble());
      assertEquals(1, block.at("/speakerCountError/right").asInt());
      assertEquals(1, block.get("fragmentation").asDouble());
      assertEquals(0, block.get("switchesPerHour").asDouble());
      assertEquals(200, block.at("/boundary/medianMillis").asLong());
      assertEquals(0, block.at("/boundary/unmatchedShare").asDouble());
      assertEquals(0.2 / 1.5, block.at("/firstPublished/collar0/der").asDouble(), 1e-9);
      assertEquals(200, block.at("/firstPublished/boundary/p90Millis").asLong());
      assertEquals(900, block.at("/delay/firstWord/medianMillis").asLong());
      assertEquals(1_000, block.at("/delay/tentative/p90Millis").asLong());
      assertEquals(2, block.at("/delay/turns").asInt());
      assertEquals(3, block.get("eventsPerMinute").asDouble());
    }
    assertEquals(2, json.at("/files/call/refSpeakers").asInt());
    assertEquals(2, json.at("/files/call/hypSpeakers").asInt());
    assertTrue(json.at("/byChannels/multi").isMissingNode());
    assertTrue(json.at("/byRate/wideBand").isMissingNode());
  }

  @Test
  void shouldScoreKindsOfRecordingsApart() throws Exception {
    // Given: the one right, the other without any event
    CallScore good = CallScore.of(turns("0 1.2 A;1.2 0.3 B"), replayed(), 0, 60);
    CallScore bad = CallScore.of(REFERENCE, new Replayed(replayed().speech(), List.of(), 1), 0, 60);
    Scores scores =
        new Scores(
            new TreeMap<>(
                Map.of("good", new Scored(1, 16_000, good), "bad", new Scored(2, 8_000, bad))));

    // When
    JsonNode json = new JsonMapper().readTree(scores.json());

    // Then
    assertEquals(0.5, json.get("der").asDouble());
    assertEquals(0, json.at("/byChannels/single/der").asDouble());
    assertEquals(1, json.at("/byChannels/multi/confusion").asDouble());
    assertEquals(0, json.at("/byRate/wideBand/der").asDouble());
    assertEquals(1, json.at("/byRate/telephone/jer").asDouble());
    assertEquals(2, json.at("/byRate/telephone/speakerCountError/largest").asInt());
    assertEquals(0, json.at("/files/bad/hypSpeakers").asInt());
    assertTrue(json.at("/files/bad/boundary/medianMillis").isNull());
    assertEquals(1, json.at("/files/bad/delay/untoldShare").asDouble());
    assertEquals(1, json.at("/speakerCountError/right").asInt());
  }

  @Test
  void shouldTellPeopleTheSame() {
    // Given
    Scores scores =
        new Scores(
            new TreeMap<>(
                Map.of("call", new Scored(1, 8_000, CallScore.of(REFERENCE, replayed(), 0, 60)))));

    // When
    String table = scores.table();

    // Then
    assertTrue(
        table.lines().anyMatch(line -> line.matches("call +13\\.33% .* 2 -> 2 +0\\.00% .*")),
        table);
    assertTrue(
        table.lines().anyMatch(line -> line.matches("boundary error.* 200 / 200 ms .*")), table);
    assertTrue(
        table.lines().anyMatch(line -> line.matches("delay, from the first word +900 / 900 ms")),
        table);
  }
}
