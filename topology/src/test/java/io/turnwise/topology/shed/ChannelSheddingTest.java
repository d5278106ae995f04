package io.turnwise.topology.shed;

import static io.turnwise.topology.shed.Verdict.EMBED;
import static io.turnwise.topology.shed.Verdict.LEAVE_FADING;
import static io.turnwise.topology.shed.Verdict.LEAVE_TO_NEIGHBOURS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.topology.segment.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChannelSheddingTest {
  private static final int FRAMES = 150;
  private static final long LATE = 5_000;
  private static final float[] ONE = {1, 0};
  private static final float[] OTHER = {0, 1};

  /** The first segments of a channel, which are never left out: the first one and two more. */
  private static final int FIRST = 3;

  @Test
  void shouldEmbedEverythingWhenNothingIsLate() {
    ChannelShedding shedding = shedding(Shedding.HOP_AND_SILENCE, 750);

    assertEquals(all(40, EMBED), verdicts(shedding, 40, 750, LATE - 1));
  }

  @Test
  void shouldEmbedEverythingHoweverLateWhenNothingMayBeLeftOut() {
    ChannelShedding shedding = shedding(Shedding.NONE, 250);

    assertEquals(all(40, EMBED), verdicts(shedding, 40, 250, 1_000_000));
  }

  @Test
  void shouldEmbedTheFirstSegmentsAndThenEveryOtherWhenLate() {
    ChannelShedding shedding = shedding(Shedding.HOP, 750);

    List<Verdict> verdicts = verdicts(shedding, 15, 750, LATE);

    assertEquals(all(FIRST, EMBED), verdicts.subList(0, FIRST));
    assertEquals(
        List.of(LEAVE_TO_NEIGHBOURS, EMBED, LEAVE_TO_NEIGHBOURS, EMBED),
        verdicts.subList(FIRST, FIRST + 4));
  }

  @Test
  void shouldLeaveOutAsManyAsOverlapWhenTheHopIsShort() {
    ChannelShedding shedding = shedding(Shedding.HOP, 250);

    List<Verdict> verdicts = verdicts(shedding, 27, 250, LATE).subList(FIRST, 27);

    for (int i = 0; i < verdicts.size(); i++) {
      assertEquals(i % 6 == 5 ? EMBED : LEAVE_TO_NEIGHBOURS, verdicts.get(i), "segment " + i);
    }
  }

  @Test
  void shouldLeaveNothingOutForTheHopWhenThatWouldLeaveSpeechUnheard() {
    assertEquals(all(20, EMBED), verdicts(shedding(Shedding.HOP, 1000), 20, 1000, 60_000));
    assertEquals(all(20, EMBED), verdicts(shedding(Shedding.HOP, 1500), 20, 1500, 60_000));
  }

  @Test
  void shouldEmbedTheNextTwoWhenAVoiceMayBeNew() {
    // Given a channel that is past its beginning
    ChannelShedding shedding = shedding(Shedding.HOP, 750);
    verdicts(shedding, 11, 750, LATE);

    // When an embedding is unlike the one before
    shedding.embedded(segment(11, 750, full()), OTHER);

    // Then all of the next are embedded, and after them every other
    List<Verdict> after = new ArrayList<>();
    for (int i = 12; i < 20; i++) {
      Segment segment = segment(i, 750, full());
      after.add(shedding.decide(segment, LATE));
      if (after.get(after.size() - 1) == EMBED) {
        shedding.embedded(segment, OTHER);
      }
    }
    assertEquals(
        List.of(
            EMBED,
            EMBED,
            LEAVE_TO_NEIGHBOURS,
            EMBED,
            LEAVE_TO_NEIGHBOURS,
            EMBED,
            LEAVE_TO_NEIGHBOURS,
            EMBED),
        after);
  }

  @Test
  void shouldEmbedWhereSomebodyBeginsToSpeakHoweverLate() {
    ChannelShedding shedding = shedding(Shedding.HOP_AND_SILENCE, 750);
    verdicts(shedding, 11, 750, 60_000);
    boolean[] speech = full();
    Arrays.fill(speech, 40, 70, false);

    assertEquals(EMBED, shedding.decide(segment(11, 750, speech), 60_000));
  }

  @Test
  void shouldLeaveOutABeginningThatWasHeard() {
    // Given a beginning 0.5 s before the end of what was embedded
    ChannelShedding shedding = shedding(Shedding.HOP, 750);
    verdicts(shedding, 10, 750, LATE);
    boolean[] speech = full();
    Arrays.fill(speech, 0, 100, false);
    shedding.embedded(segment(10, 750, speech), ONE);
    boolean[] next = full();
    Arrays.fill(next, 0, 25, false);

    assertEquals(LEAVE_TO_NEIGHBOURS, shedding.decide(segment(11, 750, next), LATE));
  }

  @Test
  void shouldEmbedWhatIsNotJoinedToWhatWasHeard() {
    // Given a channel of which some seconds were silent
    ChannelShedding shedding = shedding(Shedding.HOP_AND_SILENCE, 750);
    verdicts(shedding, 11, 750, 60_000);

    assertEquals(EMBED, shedding.decide(segment(15, 750, full()), 60_000));
  }

  @Test
  void shouldLeaveOutWhatFadesOutOnlyWhenTwiceAsLate() {
    boolean[] fading = full();
    Arrays.fill(fading, 90, FRAMES, false);
    ChannelShedding shedding = shedding(Shedding.HOP_AND_SILENCE, 750);
    verdicts(shedding, 11, 750, 2 * LATE);
    Segment last = segment(12, 750, fading);

    assertEquals(EMBED, shedding.decide(last, 2 * LATE - 1));
    assertEquals(LEAVE_FADING, shedding.decide(last, 2 * LATE));
    // And not at all where only the hop may be made longer
    ChannelShedding hopOnly = shedding(Shedding.HOP, 750);
    verdicts(hopOnly, 11, 750, 2 * LATE);
    assertEquals(EMBED, hopOnly.decide(last, 2 * LATE));
  }

  @Test
  void shouldGoOnUntilHalfAsLateAndThenEmbedEverything() {
    ChannelShedding shedding = shedding(Shedding.HOP, 750);
    verdicts(shedding, 11, 750, LATE);
    Segment overlapping = segment(11, 750, full());

    assertEquals(LEAVE_TO_NEIGHBOURS, shedding.decide(overlapping, LATE / 2));
    assertEquals(EMBED, shedding.decide(overlapping, LATE / 2 - 1));
    // And does not begin again before it is as late as at first
    assertEquals(EMBED, shedding.decide(overlapping, LATE - 1));
    assertEquals(LEAVE_TO_NEIGHBOURS, shedding.decide(overlapping, LATE));
  }

  @Test
  void shouldLeaveNoSpeechUnheardWhenOnlyTheHopIsMadeLonger() {
    for (long seed = 0; seed < 200; seed++) {
      // Given a channel of a minute with pauses of all lengths, two voices, and any lateness
      Random random = new Random(seed);
      int hop = 10 * (25 + random.nextInt(126));
      BitSet spoken = new BitSet();
      for (int at = 0; at < 6000; ) {
        int length = 5 + random.nextInt(400);
        spoken.set(at, at + length);
        at += length + 1 + random.nextInt(100);
      }
      BitSet wanted = new BitSet();
      BitSet heard = new BitSet();
      ChannelShedding shedding = shedding(Shedding.HOP, hop);
      int gridEnd = (6000 - FRAMES) * 10 / hop;
      for (int index = 0; index <= gridEnd; index++) {
        int from = index * hop / 10;
        boolean[] speech = new boolean[FRAMES];
        for (int frame = 0; frame < FRAMES; frame++) {
          speech[frame] = spoken.get(from + frame);
        }
        Segment segment = segment(index, hop, speech);
        if (segment.speechMillis() < 500) {
          // Nor would the application: what a later segment without enough speech should have held.
          heard.set(from, from + FRAMES);
          continue;
        }
        wanted.set(from, from + FRAMES);
        // When
        if (shedding.decide(segment, random.nextInt(20_000)) == EMBED) {
          shedding.embedded(segment, random.nextInt(10) == 0 ? OTHER : ONE);
          heard.set(from, from + FRAMES);
        } else if (index == gridEnd) {
          heard.set(from, from + FRAMES);
        }
      }

      // Then
      wanted.and(spoken);
      wanted.andNot(heard);
      assertTrue(wanted.isEmpty(), "seed " + seed + ", hop " + hop + ": unheard " + wanted);
    }
  }

  @Test
  void shouldRefuseRulesThatMakeNoSense() {
    assertThrows(
        IllegalArgumentException.class, () -> new SheddingRules(Shedding.HOP, 0, 750, 0.5));
    assertThrows(IllegalArgumentException.class, () -> new SheddingRules(Shedding.HOP, 1, 0, 0.5));
    assertThrows(
        IllegalArgumentException.class, () -> new SheddingRules(Shedding.HOP, 1, 750, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Shedding.of("silence"));
  }

  private static ChannelShedding shedding(Shedding shedding, int hop) {
    return new ChannelShedding(new SheddingRules(shedding, LATE, hop, 0.5));
  }

  /** What becomes of the channel's first segments, all of one voice without a pause. */
  private static List<Verdict> verdicts(ChannelShedding shedding, int count, int hop, long late) {
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Segment segment = segment(i, hop, full());
      Verdict verdict = shedding.decide(segment, late);
      if (verdict == EMBED) {
        shedding.embedded(segment, ONE);
      }
      verdicts.add(verdict);
    }
    return verdicts;
  }

  private static List<Verdict> all(int count, Verdict verdict) {
    return Collections.nCopies(count, verdict);
  }

  private static boolean[] full() {
    boolean[] speech = new boolean[FRAMES];
    Arrays.fill(speech, true);
    return speech;
  }

  private static Segment segment(int index, int hop, boolean[] speech) {
    return new Segment(
        index,
        (long) index * hop * (Segment.RATE / 1000),
        Segment.SAMPLES,
        0,
        8_000,
        new float[Segment.SAMPLES],
        speech);
  }
}
