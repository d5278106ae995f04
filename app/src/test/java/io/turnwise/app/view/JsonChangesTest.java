package io.turnwise.app.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.SpeakerChange;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class JsonChangesTest {
  @Test
  void shouldWriteEveryFieldOfTheRecordUnderItsName() {
    SpeakerChange change = SampleChanges.of("call", 1, 3, 12_300, null, "S1", DecisionKind.MATCH);

    String line = JsonChanges.line(change);

    assertEquals(
        "{\"eventId\":\"call-3\",\"call\":\"call\",\"channel\":1,\"role\":\"UNKNOWN\","
            + "\"type\":\"CHANGED\",\"atMillis\":12300,\"untilMillis\":null,\"speaker\":\"S1\","
            + "\"enrolled\":false,\"previousSpeaker\":null,\"tentative\":false,"
            + "\"decision\":\"MATCH\",\"score\":0.71,\"margin\":0.25,"
            + "\"logLikelihoodRatio\":null,\"revision\":3,\"capturedAt\":1700000000123,\"modelFingerprint\":\""
            + "ab".repeat(32)
            + "\"}",
        line);
  }

  @Test
  void shouldWriteWhatACorrectionNeeds() throws Exception {
    // Given
    SpeakerChange correction =
        SampleChanges.builder("call", 1, 4, 5_000, "S2", "S1", DecisionKind.MATCH)
            .setType(ChangeType.REASSIGNED)
            .setUntilMillis(9_300L)
            .setTentative(true)
            .setLogLikelihoodRatio(-2.5f)
            .build();

    // When
    JsonNode json = new ObjectMapper().readTree(JsonChanges.line(correction));

    // Then
    assertEquals("REASSIGNED", json.get("type").asText());
    assertEquals(9_300, json.get("untilMillis").asLong());
    assertTrue(json.get("tentative").asBoolean());
    assertEquals(-2.5, json.get("logLikelihoodRatio").asDouble());
    assertEquals("S2", json.get("previousSpeaker").asText());
  }

  @Test
  void shouldKeepToOneLineAChangeWhateverTheCallIsNamed() throws Exception {
    // Given
    StringWriter text = new StringWriter();
    JsonChanges view = new JsonChanges(new PrintWriter(text));

    // When
    view.show(SampleChanges.of("a \"b\"\n\u2028ü", 0, 1, 0, null, "S1", DecisionKind.NEW));
    view.show(SampleChanges.of("c", 0, 1, 0, "S1", null, DecisionKind.UNKNOWN));

    // Then
    assertTrue(text.toString().endsWith("}\n"));
    List<String> lines = List.of(text.toString().split("\n"));
    assertEquals(2, lines.size());
    JsonNode first = new ObjectMapper().readTree(lines.get(0));
    assertEquals("a \"b\"\n\u2028ü", first.get("call").asText());
    JsonNode second = new ObjectMapper().readTree(lines.get(1));
    assertTrue(second.get("speaker").isNull());
  }

  @Test
  void shouldHaveAFormForEveryTypeOfTheSchema() {
    for (Schema.Field field : SpeakerChange.getClassSchema().getFields()) {
      Schema.Type type = field.schema().getType();
      assertFalse(
          type == Schema.Type.ARRAY || type == Schema.Type.RECORD || type == Schema.Type.MAP,
          field.name());
    }
  }
}
