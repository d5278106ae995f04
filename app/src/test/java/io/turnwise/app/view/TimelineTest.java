package io.turnwise.app.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.Terminal;
import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.SpeakerChange;
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
  void shouldRepairWhatACorrectionReassigns() {
    // Given
    Timeline timeline = new Timeline();
    timeline.addChannel("call", 0, 37);
    timeline.add(change("call", 0, 1, 0, "S1"));
    timeline.add(change("call", 0, 2, 20_000, "S2"));

    // When
    timeline.add(
        correction(ChangeType.REASSIGNED, 3, 10_000, "S1", "S2").setUntilMillis(15_000L).build());

    // Then
    assertEquals(
        """
        call channel 0
          S1          ##########.....#####.................   15.0 s
          S2          ..........#####.....#################   22.0 s
                      '0:00     '0:10     '0:20     '0:30
        """,
        timeline.render(PLAIN));
    assertEquals(2, timeline.speakers());
    assertEquals(3, timeline.changesOfSpeaker());
  }

  @Test
  void shouldMakeOneVoiceOfTwoOnEveryChannelOfTheCallAlone() {
    // Given
    Timeline timeline = new Timeline();
    timeline.addChannel("call", 0, 37);
    timeline.addChannel("call", 1, 37);
    timeline.addChannel("other", 0, 37);
    timeline.add(change("call", 0, 1, 0, "S1"));
    timeline.add(change("call", 0, 2, 20_000, "S2"));
    timeline.add(change("call", 1, 3, 0, "S2"));
    timeline.add(change("other", 0, 1, 0, "S2"));

    // When
    timeline.add(correction(ChangeType.MERGED, 4, 0, "S2", "S1").build());

    // Then
    assertEquals(
        """
        call channel 0
          S1          #####################################   37.0 s
                      '0:00     '0:10     '0:20     '0:30
        call channel 1
          S1          #####################################   37.0 s
                      '0:00     '0:10     '0:20     '0:30
        other channel 0
          S2          #####################################   37.0 s
                      '0:00     '0:10     '0:20     '0:30
        """,
        timeline.render(PLAIN));
    assertEquals(2, timeline.speakers(), "S1 of the one call, S2 of the other");
    assertEquals(0, timeline.changesOfSpeaker());
  }

  @Test
  void shouldMarkSpeakersWhoWereNeverMoreThanTentative() {
    // Given
    Timeline timeline = new Timeline();
    timeline.addChannel("call", 0, 37);
    timeline.add(tentative(1, 0, "S1"));
    timeline.add(tentative(2, 10_000, "S2"));
    timeline.add(tentative(3, 20_000, "agent-with-a-long-id"));

    // When
    timeline.add(correction(ChangeType.CONFIRMED, 4, 0, null, "S1").build());

    // Then
    String picture = timeline.render(PLAIN);
    assertTrue(picture.contains("  S1          ##"), picture);
    assertTrue(picture.contains("  S2?         .."), picture);
    assertTrue(picture.contains("  agent-wit~? .."), picture);
  }

  @Test
  void shouldDrawNobodyLastAndOnlyWhereThatWasSaid() {
    // Given
    Timeline timeline = new Timeline();
    timeline.addChannel("call", 0, 37);
    timeline.add(change("call", 0, 1, 10_000, null));
    timeline.add(change("call", 0, 2, 20_000, "S1"));

    // When
    String picture = timeline.render(PLAIN);

    // Then
    assertEquals(
        """
        call channel 0
          S1          ....................#################   17.0 s
          unknown     ..........##########.................   10.0 s
                      '0:00     '0:10     '0:20     '0:30
        """,
        picture);
  }

  @Test
  void shouldCountChangesBetweenNamedSpeakersAlone() {
    // Given: S1, nobody, S1 again, nobody, S2, and S2 reassigned what nobody had before that
    Timeline timeline = new Timeline();
    timeline.addChannel("call", 0, 37);
    timeline.add(change("call", 0, 1, 0, "S1"));
    timeline.add(change("call", 0, 2, 5_000, null));
    timeline.add(change("call", 0, 3, 10_000, "S1"));
    timeline.add(change("call", 0, 4, 15_000, null));
    timeline.add(change("call", 0, 5, 20_000, "S2"));
    timeline.add(
        correction(ChangeType.REASSIGNED, 6, 17_000, null, "S2").setUntilMillis(20_000L).build());

    // When
    int changes = timeline.changesOfSpeaker();

    // Then
    assertEquals(1, changes);
    assertEquals(2, timeline.speakers());
  }

  @Test
  void shouldRefuseToGoOnWhereAnEventIsMissing() {
    // Given
    Timeline timeline = new Timeline();
    timeline.addChannel("call", 0, 37);
    timeline.add(change("call", 0, 1, 0, "S1"));

    // When, Then
    assertThrows(
        IllegalArgumentException.class, () -> timeline.add(change("call", 0, 3, 9_000, "S2")));
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

  private static SpeakerChange tentative(long revision, long atMillis, String speaker) {
    return SampleChanges.builder("call", 0, revision, atMillis, null, speaker, DecisionKind.NEW)
        .setTentative(true)
        .build();
  }

  private static SpeakerChange.Builder correction(
      ChangeType type, long revision, long atMillis, String previous, String speaker) {
    return SampleChanges.builder(
            "call", 0, revision, atMillis, previous, speaker, DecisionKind.MATCH)
        .setType(type);
  }

  private static SpeakerChange change(
      String call, int channel, long revision, long atMillis, String speaker) {
    return SampleChanges.of(call, channel, revision, atMillis, null, speaker, DecisionKind.MATCH);
  }
}
