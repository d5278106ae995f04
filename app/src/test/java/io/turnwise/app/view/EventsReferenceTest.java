package io.turnwise.app.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.serdes.SpeakerTimeline;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EventsReferenceTest {
  private static final Path PAGE = Shared.projectRoot().resolve("docs/reference/events.md");
  private static final String NOBODY = "-";

  @Test
  void shouldHoldWhatTheExampleSaysAfterEachOfItsEvents() throws IOException {
    // Given
    List<List<String>> rows = rows("| `revision` |");
    SpeakerTimeline timeline = new SpeakerTimeline("call");
    Set<ChangeType> shown = EnumSet.noneOf(ChangeType.class);

    for (List<String> row : rows) {
      // When
      SpeakerChange event = event(row);
      timeline.apply(event);
      shown.add(event.getType());

      // Then
      assertEquals(row.get(6), labels(timeline), "after revision " + row.get(0));
    }
    assertEquals(EnumSet.complementOf(EnumSet.of(ChangeType.OTHER)), shown);
  }

  @Test
  void shouldDescribeEveryType() throws IOException {
    List<String> described = rows("| Type |").stream().map(row -> row.get(0)).toList();

    for (ChangeType type : ChangeType.values()) {
      assertTrue(described.contains("`" + type + "`"), type::name);
    }
    assertEquals(ChangeType.values().length, described.size());
  }

  private static SpeakerChange event(List<String> row) {
    return SampleChanges.builder(
            "call",
            0,
            Long.parseLong(row.get(0)),
            Long.parseLong(row.get(2)),
            speaker(row.get(4)),
            speaker(row.get(5)),
            DecisionKind.MATCH)
        .setType(ChangeType.valueOf(row.get(1).replace("`", "")))
        .setUntilMillis(row.get(3).equals(NOBODY) ? null : Long.valueOf(row.get(3)))
        .setTentative(row.get(5).endsWith("?"))
        .build();
  }

  private static String speaker(String cell) {
    return cell.equals(NOBODY) ? null : cell.replace("?", "");
  }

  private static String labels(SpeakerTimeline timeline) {
    return timeline.intervals(0).stream()
        .map(
            label ->
                label.fromMillis() + " " + (label.speaker().isEmpty() ? NOBODY : label.speaker()))
        .collect(Collectors.joining(", "));
  }

  /** The cells of the table with this head. */
  private static List<List<String>> rows(String head) throws IOException {
    List<List<String>> rows =
        Files.readAllLines(PAGE).stream()
            .dropWhile(line -> !line.startsWith(head))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .map(line -> Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList())
            .toList();
    assertTrue(!rows.isEmpty(), () -> "no table " + head + " in " + PAGE);
    return rows;
  }
}
