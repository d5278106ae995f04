package io.turnwise.app.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.DecisionKind;
import org.junit.jupiter.api.Test;

class PrintedChangesTest {
  @Test
  void shouldSayWhenWhoHowSureAndWhoBefore() {
    String line =
        PrintedChanges.line(
            SampleChanges.of("call", 0, 2, 62_349, "S2", "S1", DecisionKind.MATCH),
            new Palette(false));

    assertEquals(
        "  1:02.3  S1          known voice   score  0.71   lead 0.25  after S2"
            + "  [call channel 0]",
        line);
  }

  @Test
  void shouldNotInventAScoreForTheFirstVoice() {
    String line =
        PrintedChanges.line(
            SampleChanges.of("call", 0, 1, 0, null, "S1", DecisionKind.NEW), new Palette(false));

    assertEquals("  0:00.0  S1          first voice                  [call channel 0]", line);
  }

  @Test
  void shouldNameNobodyWhereNobodyMayBeNamed() {
    String line =
        PrintedChanges.line(
            SampleChanges.of("call", 0, 1, 0, "S1", null, DecisionKind.UNKNOWN),
            new Palette(false));

    assertTrue(line.contains("unknown"), line);
  }

  @Test
  void shouldKeepAVoicesColourWithinItsCall() {
    // Given
    Palette palette = new Palette(true);

    // When
    String first = palette.voice("call", "S1", "x");
    String second = palette.voice("call", "S2", "x");

    // Then
    assertEquals("\u001b[32mx\u001b[0m", first);
    assertEquals("\u001b[33mx\u001b[0m", second);
    assertEquals(first, palette.voice("call", "S1", "x"));
    assertEquals(first, palette.voice("other call", "S9", "x"));
  }
}
