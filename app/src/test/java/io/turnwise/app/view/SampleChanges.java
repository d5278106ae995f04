package io.turnwise.app.view;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import java.time.Instant;

/** Speaker changes to show. */
final class SampleChanges {
  private SampleChanges() {}

  static SpeakerChange of(
      String call,
      int channel,
      long revision,
      long atMillis,
      String previous,
      String speaker,
      DecisionKind decision) {
    return builder(call, channel, revision, atMillis, previous, speaker, decision).build();
  }

  /** The same, to be made another event of. */
  static SpeakerChange.Builder builder(
      String call,
      int channel,
      long revision,
      long atMillis,
      String previous,
      String speaker,
      DecisionKind decision) {
    return SpeakerChange.newBuilder()
        .setEventId(call + "-" + revision)
        .setCall(call)
        .setChannel(channel)
        .setRole(Role.UNKNOWN)
        .setType(ChangeType.CHANGED)
        .setAtMillis(atMillis)
        .setSpeaker(speaker)
        .setPreviousSpeaker(previous)
        .setDecision(decision)
        .setScore(decision == DecisionKind.NEW ? -1f : 0.71f)
        .setMargin(0.25f)
        .setRevision(revision)
        .setCapturedAt(Instant.ofEpochMilli(1_700_000_000_123L))
        .setModelFingerprint("ab".repeat(32));
  }
}
