package io.turnwise.app.evaluate;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Writes the events of a call down, one after the other. */
final class Events {
  private final List<SpeakerChange> events = new ArrayList<>();

  /** From a moment on somebody speaks, decided at a media time; null for nobody. */
  Events changed(int channel, long at, String speaker, long decidedAt) {
    return changed(channel, at, speaker, decidedAt, false);
  }

  Events changed(int channel, long at, String speaker, long decidedAt, boolean tentative) {
    return add(
        event(ChangeType.CHANGED, channel, at, decidedAt)
            .setSpeaker(speaker)
            .setTentative(tentative));
  }

  Events reassigned(int channel, long at, long until, String from, String to, long decidedAt) {
    return add(
        event(ChangeType.REASSIGNED, channel, at, decidedAt)
            .setUntilMillis(until)
            .setPreviousSpeaker(from)
            .setSpeaker(to));
  }

  Events merged(long at, String from, String into, long decidedAt) {
    return add(
        event(ChangeType.MERGED, 0, at, decidedAt).setPreviousSpeaker(from).setSpeaker(into));
  }

  Events confirmed(String speaker, long decidedAt) {
    return add(event(ChangeType.CONFIRMED, 0, 0, decidedAt).setSpeaker(speaker));
  }

  List<SpeakerChange> list() {
    return List.copyOf(events);
  }

  private Events add(SpeakerChange.Builder event) {
    events.add(event.build());
    return this;
  }

  private SpeakerChange.Builder event(ChangeType type, int channel, long at, long decidedAt) {
    return SpeakerChange.newBuilder()
        .setEventId("e" + events.size())
        .setCall("call")
        .setChannel(channel)
        .setRole(Role.UNKNOWN)
        .setType(type)
        .setAtMillis(at)
        .setDecision(DecisionKind.NEW)
        .setScore(0)
        .setMargin(0)
        .setRevision(events.size() + 1)
        .setCapturedAt(Instant.ofEpochMilli(decidedAt))
        .setModelFingerprint("");
  }
}
