package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.ChangeType;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The other party's voice, heard quietly through the line, is nobody on this channel. */
class LeakTest {
  private static final float LOUD = SyntheticCall.LEVEL_DB;

  @ParameterizedTest
  @CsvSource({"0, 1, -26", "1, 0, -26", "0, 1, -45", "1, 0, -45"})
  void shouldNameNobodyOnAChannelThatOnlyCarriesTheOtherParty(int from, int to, float below) {
    // Given
    SyntheticCall made = new SyntheticCall(1, 1);
    made.on(from).at(LOUD).turn(0, 60);
    made.on(to).at(LOUD + below).turn(0, 60);

    // When
    FollowedCall call = new FollowedCall();
    call.hear(made.segments());
    call.end();

    // Then
    assertEquals(Set.of("S1"), call.names());
    assertEquals("S1", call.timeline().speakerAt(from, 30_000));
    assertEquals("", call.timeline().speakerAt(to, 30_000));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void shouldNeverMakeALeakANewVoiceNorSureOfItsChannel(long seed) {
    // Given two who take turns with pauses as long as a segment, each heard on both channels
    SyntheticCall made = new SyntheticCall(seed, 2);
    for (int i = 0; i < 15; i++) {
      made.on(0).at(LOUD).turn(0, 5).pause(1.5).at(LOUD - 26).turn(1, 5).pause(1.5);
      made.on(1).at(LOUD - 26).turn(0, 5).pause(1.5).at(LOUD).turn(1, 5).pause(1.5);
    }

    // When
    FollowedCall call = new FollowedCall("seed " + seed);
    List<Change> changes = call.hear(made.segments());

    // Then
    assertEquals(Set.of("S1", "S2"), call.names(), "seed " + seed);
    for (Change change : changes) {
      boolean other = change.speaker().equals(change.channel() == 0 ? "S2" : "S1");
      assertTrue(
          !other || change.tentative() || change.type() == ChangeType.CONFIRMED,
          "seed " + seed + ": " + change);
    }
    for (int at = 28_500; at < 190_000; at += 6_500) {
      boolean first = at / 6_500 % 2 == 0;
      assertEquals(
          first ? "S1" : "S2",
          call.timeline().speakerAt(first ? 0 : 1, at),
          "seed " + seed + " at " + at);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void shouldHearAPartyThatSpeaksOverTheOther(long seed) {
    // Given somebody who begins to speak, less loudly, while the other goes on
    SyntheticCall made = new SyntheticCall(seed, 2);
    made.on(0).at(LOUD).turn(0, 60);
    made.on(1).at(LOUD - 26).turn(0, 20).at(LOUD - 12).turn(1, 20).at(LOUD - 26).turn(0, 20);

    // When
    FollowedCall call = new FollowedCall("seed " + seed);
    call.hear(made.segments());

    // Then
    assertEquals(Set.of("S1", "S2"), call.names(), "seed " + seed);
    assertEquals("S2", call.timeline().speakerAt(1, 30_000), "seed " + seed);
    assertEquals("S1", call.timeline().speakerAt(0, 30_000), "seed " + seed);
  }

  @Test
  void shouldTakeASegmentForALeakThatWasHeardBeforeTheLoudOne() {
    // Given a quiet segment and then a loud one of the same time
    SyntheticCall made = new SyntheticCall(2, 1);
    made.on(0).at(LOUD - 30).turn(0, 1.5).on(1).at(LOUD).turn(0, 1.5);
    FollowedCall call = new FollowedCall();

    // When
    call.hear(made.segments());

    // Then
    assertTrue(call.state().channels().get(0).windows().get(0).leak());
    assertEquals(false, call.state().channels().get(1).windows().get(0).leak());
  }

  @Test
  void shouldTakeNothingForALeakWhereLevelsAreNotKnown() {
    // Given
    SyntheticCall made = new SyntheticCall(3, 1);
    made.on(0).at(Float.NaN).turn(0, 9).on(1).at(LOUD).turn(0, 9);
    FollowedCall call = new FollowedCall();

    // When
    call.hear(made.segments());

    // Then
    assertTrue(call.state().channels().get(0).windows().stream().noneMatch(Window::leak));
  }
}
