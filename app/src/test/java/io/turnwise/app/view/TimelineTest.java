package io.turnwise.app.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.turnwise.app.Terminal;
import io.turnwise.avro.DecisionKind;
import org.junit.jupiter.api.Test;

class TimelineTest {
  private static final Terminal PLAIN = new Terminal(false, false, 60);

  @Test
  void shouldDrawARowASpeakerOverTheTimeOfTheirChannel() {
    // Given
    Timeline timeline = new Timeline();
    timeline.addChannel("call", 0, 37);
    timeline.add(change("call", 0, 1, 2_000, "S1"));
    timeline.add(change("call", 0, 2, 12_500, "S2"));
    timeline.add(change("call", 0, 3, 25_000, "S1"));

    // When
    String picture = timeline.render(PLAIN);

    // Then
    assertEquals(
        """
        call channel 0
          S1          ..##########+............############   22.5 s
          S2          ............+############............   12.5 s
                      '0:00     '0:10     '0:20     '0:30
        """,
        picture);
  }

  @Test
  void shouldDrawEachChannelApartAndSayWhereNobodyWasHeard() {
    // Given
    Timeline timeline = new Timeline();
    timeline.addChannel("call", 0, 37);
    timeline.addChannel("call", 1, 37);
    timeline.add(change("call", 1, 1, 0, "agent-with-a-long-id"));

    // When
    String picture = timeline.render(PLAIN);

    // Then
    assertEquals(
        """
        call channel 0
          nobody was heard
                      '0:00     '0:10     '0:20     '0:30
        call channel 1
          agent-with~ #####################################   37.0 s
                      '0:00     '0:10     '0:20     '0:30
        """,
        picture);
  }

  @Test
  void shouldLetALaterRevisionReplaceWhatWasSaidOfTheTimeAfterIt() {
    // Given
    Timeline timeline = new Timeline();
    timeline.addChannel("call", 0, 37);
    timeline.add(change("call", 0, 1, 0, "S1"));
    timeline.add(change("call", 0, 2, 20_000, "S2"));
    timeline.add(change("call", 0, 3, 10_000, "S3"));

    // When
    String picture = timeline.render(PLAIN);

    // Then
    assertFalse(picture.contains("S2"), picture);
  }

  @Test
  void shouldUseBlocksAndColoursWhereTheTerminalHasThem() {
    // Given
    Timeline timeline = new Timeline();
    timeline.addChannel("call", 0, 17);
    timeline.add(change("call", 0, 1, 8_000, "S1"));

    // When
    String picture = timeline.render(new Terminal(true, true, 40));

    // Then
    assertEquals(
        "\u001b[1mcall\u001b[0m\u001b[2m channel 0\u001b[0m\n"
            + "  \u001b[32mS1          \u001b[0m\u001b[32m········█████████\u001b[0m    9.0 s\n"
            + "\u001b[2m              ╵0:00     ╵0:10\u001b[0m\n",
        picture);
  }

  private static io.turnwise.avro.SpeakerChange change(
      String call, int channel, long revision, long atMillis, String speaker) {
    return SampleChanges.of(call, channel, revision, atMillis, null, speaker, DecisionKind.MATCH);
  }
}
