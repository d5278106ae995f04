package io.turnwise.serdes;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.Encoding;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.Role;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.avro.SpeechSpan;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** One record for each contract, no field of which has its default. */
final class SampleRecords {
  static final Instant TIME = Instant.parse("2026-03-01T10:15:30.123Z");

  private static final String FINGERPRINT = "5d".repeat(32);

  private SampleRecords() {}

  static SpecificRecord of(Contract contract) {
    return switch (contract) {
      case AUDIO_CHUNKS -> chunk();
      case SPEAKER_EMBEDDINGS -> embedding();
      case SPEAKER_CHANGES -> change();
      case SPEAKER_REGISTRY -> voice();
      case DEAD_LETTERS -> deadLetter();
    };
  }

  static AudioChunk chunk() {
    return AudioChunk.newBuilder()
        .setCallId("call-1")
        .setChannel(1)
        .setRole(Role.CUSTOMER)
        .setSequence(7)
        .setPosition(1120)
        .setCapturedAt(TIME)
        .setEncoding(Encoding.MULAW)
        .setSampleRate(8000)
        .setPayload(ByteBuffer.wrap(new byte[] {0, 1, -1, 127, -128}))
        .setLast(true)
        .setAttributes(Map.of("queue", "orders"))
        .build();
  }

  static SpeakerEmbedding embedding() {
    return SpeakerEmbedding.newBuilder()
        .setCall("call-1")
        .setChannel(1)
        .setRole(Role.AGENT)
        .setSegment(3)
        .setStartMillis(2250)
        .setEndMillis(3750)
        .setCapturedAt(TIME)
        .setSpeechMillis(900)
        .setSpeech(List.of(new SpeechSpan(2400L, 2900L), new SpeechSpan(3000L, 3400L)))
        .setSampleRate(8000)
        .setLevelDb(-21.5f)
        .setVector(List.of(0.5f, -0.25f, Float.MIN_VALUE))
        .setModel("turnwise-starter")
        .setModelFingerprint(FINGERPRINT)
        .build();
  }

  static SpeakerChange change() {
    return SpeakerChange.newBuilder()
        .setEventId("call-1/1/1")
        .setCall("call-1")
        .setChannel(1)
        .setRole(Role.AGENT)
        .setType(ChangeType.REASSIGNED)
        .setAtMillis(2400)
        .setUntilMillis(5000L)
        .setSpeaker("S2")
        .setEnrolled(true)
        .setPreviousSpeaker("S1")
        .setTentative(true)
        .setDecision(DecisionKind.MATCH)
        .setLogLikelihoodRatio(4.5f)
        .setScore(0.81f)
        .setMargin(0.3f)
        .setRevision(4)
        .setCapturedAt(TIME)
        .setModelFingerprint(FINGERPRINT)
        .build();
  }

  static EnrolledVoice voice() {
    return EnrolledVoice.newBuilder()
        .setSpeakerId("voice-17")
        .setVector(List.of(1f, 0f))
        .setModel("turnwise-starter")
        .setModelFingerprint(FINGERPRINT)
        .setSpeechMillis(42_000)
        .setEnrolledAt(TIME)
        .setAttributes(Map.of("consent", "c-9"))
        .build();
  }

  static DeadLetter deadLetter() {
    return DeadLetter.newBuilder()
        .setTopic("audio-chunks")
        .setPartition(2)
        .setOffset(41)
        .setTimestamp(TIME)
        .setReason(DeadLetterReason.PAYLOAD_ODD)
        .setDetail("payload: 3 bytes are not a whole number of 16-bit samples")
        .setDigest("ab".repeat(32))
        .setBytes(3)
        .build();
  }
}
