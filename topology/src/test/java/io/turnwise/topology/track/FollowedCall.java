package io.turnwise.topology.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.serdes.SpeakerTimeline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A call and a consumer that follows it by its events. After each step it is checked that the
 * events keep the contract, and that what the tracker's state says was published is what the
 * consumer holds.
 */
final class FollowedCall {
  private static final String CALL = "call-1";

  private final SpeakerTracker tracker;
  private final String told;
  private final SpeakerTimeline timeline = new SpeakerTimeline(CALL);
  private final List<Change> changes = new ArrayList<>();
  private final Set<String> named = new HashSet<>();
  private final Set<String> confirmed = new HashSet<>();
  private final Set<String> gone = new HashSet<>();
  private final Set<Integer> ended = new HashSet<>();
  private final Set<Integer> heardAgain = new HashSet<>();
  private final Set<Integer> silentAgain = new HashSet<>();
  private EnrolledVoices enrolled = EnrolledVoices.none();
  private CallVoices state = CallVoices.none();
  private Decision decision = new Decision.Inconclusive(Decision.Reason.NOTHING_HEARD);
  private int mostPassages;

  FollowedCall() {
    this("");
  }

  /**
   * @param told what is said of the call where a check fails, such as its seed
   */
  FollowedCall(String told) {
    this(new SpeakerTracker(TrackerSettings.of(SyntheticCall.THRESHOLD)), told);
  }

  FollowedCall(SpeakerTracker tracker, String told) {
    this.tracker = tracker;
    this.told = told;
  }

  FollowedCall enrolled(EnrolledVoices.Enrolled... voices) {
    enrolled = EnrolledVoices.of(List.of(voices));
    return this;
  }

  /** Hears segments and says what was published meanwhile. */
  List<Change> hear(List<Observation> segments) {
    int before = changes.size();
    segments.forEach(this::hear);
    return List.copyOf(changes.subList(before, changes.size()));
  }

  List<Change> hear(Observation segment) {
    if (ended.remove(segment.channel())) {
      heardAgain.add(segment.channel());
      silentAgain.add(segment.channel());
    }
    Tracking tracking = tracker.observe(state, segment, enrolled);
    decision = tracking.decision();
    return follow(tracking);
  }

  List<Change> end(int channel) {
    List<Change> last = follow(tracker.close(state, channel, Instant.EPOCH));
    ended.add(channel);
    return last;
  }

  /** Ends all channels, the lowest first. */
  List<Change> end() {
    int before = changes.size();
    new TreeSet<>(state.channels().keySet()).forEach(this::end);
    return List.copyOf(changes.subList(before, changes.size()));
  }

  CallVoices state() {
    return state;
  }

  /** What the last segment said. */
  Decision decision() {
    return decision;
  }

  List<Change> changes() {
    return List.copyOf(changes);
  }

  List<Change> changes(ChangeType type) {
    return changes.stream().filter(change -> change.type() == type).toList();
  }

  SpeakerTimeline timeline() {
    return timeline;
  }

  /** Every name that an event ever gave. */
  Set<String> names() {
    return new TreeSet<>(named);
  }

  /** Every name that is still on some channel's timeline. */
  Set<String> standing() {
    Set<String> names = new TreeSet<>();
    for (int channel : timeline.channels()) {
      timeline.intervals(channel).forEach(interval -> names.add(interval.speaker()));
    }
    names.remove(SpeakerTimeline.UNKNOWN);
    return names;
  }

  /** Most passages that the state held after any step. */
  int mostPassages() {
    return mostPassages;
  }

  private List<Change> follow(Tracking tracking) {
    for (Change change : tracking.changes()) {
      follow(change);
    }
    state = tracking.after();
    mostPassages = Math.max(mostPassages, state.passages().size());
    assertTrue(state.voices().size() <= TrackerSettings.VOICES, told);
    state.channels().forEach(this::assertTrueOf);
    for (Passage passage : state.passages()) {
      if (passage.published() != ChannelMemory.NOBODY) {
        assertHeld(passage.channel(), passage.fromMillis(), passage.published(), passage);
        assertHeld(passage.channel(), passage.untilMillis(), passage.published(), passage);
        long middle = (passage.fromMillis() + passage.untilMillis()) / 2;
        if (state.passages().stream()
            .noneMatch(
                other ->
                    other != passage
                        && other.channel() == passage.channel()
                        && other.fromMillis() <= passage.untilMillis()
                        && passage.fromMillis() <= other.untilMillis())) {
          assertHeld(passage.channel(), middle, passage.published(), passage);
        }
      }
    }
    return tracking.changes();
  }

  private void assertTrueOf(int channel, ChannelMemory memory) {
    assertTrue(memory.windows().size() <= TrackerSettings.WINDOWS, told);
    for (int i = 0; i < memory.windows().size(); i++) {
      if (memory.published().get(i) == ChannelMemory.NOBODY && heardAgain.contains(channel)) {
        continue;
      }
      assertHeld(
          channel, memory.windows().get(i).middle(), memory.published().get(i), "window " + i);
    }
    if (memory.speaker() != ChannelMemory.NOBODY) {
      assertEquals(lastOf(channel), nameOf(memory.speaker()), () -> told + ": channel " + channel);
    }
  }

  private void assertHeld(int channel, long millis, int published, Object of) {
    assertEquals(
        timeline.speakerAt(channel, millis),
        nameOf(published),
        () ->
            told
                + ": channel "
                + channel
                + " at "
                + millis
                + " ms after revision "
                + timeline.revision()
                + ", "
                + of);
  }

  private String nameOf(int number) {
    return number < 0 ? SpeakerTimeline.UNKNOWN : state.voices().get(number).name();
  }

  /** What the consumer holds of a channel until said otherwise. */
  private String lastOf(int channel) {
    List<SpeakerTimeline.Interval> intervals = timeline.intervals(channel);
    return intervals.get(intervals.size() - 1).speaker();
  }

  private void follow(Change change) {
    String what = told + ": " + change;
    assertEquals(timeline.revision() + 1, change.revision(), what);
    assertTrue(change.atMillis() >= 0, what);
    assertEquals(change.type() == ChangeType.REASSIGNED, change.untilMillis() != Change.OPEN, what);
    boolean named = !change.speaker().isEmpty();
    switch (change.type()) {
      case CHANGED -> {
        boolean says =
            change.decision() == DecisionKind.MATCH || change.decision() == DecisionKind.NEW;
        assertEquals(says, named, what);
        boolean begins = silentAgain.remove(change.channel());
        assertEquals(begins ? "" : lastOf(change.channel()), change.previousSpeaker(), what);
      }
      case REASSIGNED -> {
        assertTrue(named, what);
        assertTrue(change.untilMillis() > change.atMillis(), what);
        assertNotEquals(change.previousSpeaker(), change.speaker(), what);
      }
      case MERGED -> {
        assertTrue(named, what);
        assertTrue(this.named.contains(change.previousSpeaker()), what);
        assertNotEquals(change.previousSpeaker(), change.speaker(), what);
      }
      case CONFIRMED -> {
        assertTrue(this.named.contains(change.speaker()), what);
        assertTrue(confirmed.add(change.speaker()), what);
        assertTrue(standing().contains(change.speaker()), what);
      }
      case RETIRED -> {
        assertFalse(confirmed.contains(change.speaker()), "confirmed; " + what);
        for (int channel : timeline.channels()) {
          timeline
              .intervals(channel)
              .forEach(
                  interval ->
                      assertNotEquals(
                          change.speaker(),
                          interval.speaker(),
                          () -> what + ": stands in " + interval + " on channel " + channel));
        }
        gone.add(change.speaker());
      }
      case OTHER -> throw new AssertionError(what);
    }
    assertTrue(change.type() == ChangeType.RETIRED || !gone.contains(change.speaker()), what);
    assertFalse(gone.contains(change.previousSpeaker()), what);
    if (named && this.named.add(change.speaker())) {
      assertTrue(change.tentative(), what);
    }
    timeline.apply(SpeakerChanges.of(CALL, change));
    if (change.type() == ChangeType.MERGED) {
      gone.add(change.previousSpeaker());
      assertFalse(standing().contains(change.previousSpeaker()), what);
    }
    changes.add(change);
  }
}
