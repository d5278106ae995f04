package io.turnwise.topology.track;

import io.turnwise.avro.SpeakerChange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Changes as they are published. */
final class SpeakerChanges {
  private SpeakerChanges() {}

  static SpeakerChange of(String call, Change change) {
    return SpeakerChange.newBuilder()
        .setEventId(eventId(call, change))
        .setCall(call)
        .setChannel(change.channel())
        .setRole(change.role())
        .setType(change.type())
        .setAtMillis(change.atMillis())
        .setUntilMillis(change.untilMillis() == Change.OPEN ? null : change.untilMillis())
        .setSpeaker(change.speaker().isEmpty() ? null : change.speaker())
        .setEnrolled(change.enrolled())
        .setPreviousSpeaker(change.previousSpeaker().isEmpty() ? null : change.previousSpeaker())
        .setTentative(change.tentative())
        .setDecision(change.decision())
        .setScore(change.score())
        .setMargin(change.margin())
        .setLogLikelihoodRatio(
            Float.isNaN(change.logLikelihoodRatio()) ? null : change.logLikelihoodRatio())
        .setRevision(change.revision())
        .setCapturedAt(change.capturedAt())
        .setModelFingerprint(change.fingerprint())
        .build();
  }

  /**
   * 128 bits of a SHA-256 over all that tells events apart, each part preceded by its length. When
   * the audio was captured is left out: a recording played again gives the same ids.
   */
  static String eventId(String call, Change change) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (String part :
        new String[] {
          call,
          Integer.toString(change.channel()),
          Long.toString(change.revision()),
          change.type().name(),
          Long.toString(change.atMillis()),
          Long.toString(change.untilMillis()),
          change.speaker()
        }) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }
}
