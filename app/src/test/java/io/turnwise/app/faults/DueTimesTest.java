package io.turnwise.app.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.serdes.AvroSerdes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

class DueTimesTest {
  private static final Instant FIRST = Instant.parse("2026-01-01T09:00:00Z");
  private static final long START = -5_000_000_000L;
  private static final DueTimes TWICE_AS_FAST = new DueTimes(FIRST, START, 2);

  @Test
  void shouldBeWhenTheDecidingAudioHasBeenPlayed() {
    // Given an embedding of audio that was captured 3 s after the first
    byte[] value;
    try (Serde<SpeakerEmbedding> serde =
        AvroSerdes.forValue(
            SpeakerEmbedding.class, Map.of("schema.registry.url", "mock://due-times-test"))) {
      SpeakerEmbedding embedding =
          SpeakerEmbedding.newBuilder()
              .setCall("call")
              .setChannel(0)
              .setSegment(2)
              .setStartMillis(1500)
              .setEndMillis(3000)
              .setCapturedAt(FIRST.plusMillis(3000))
              .setSpeechMillis(0)
              .setSpeech(List.of())
              .setVector(List.of(1f))
              .setModel("made-up")
              .setModelFingerprint("a".repeat(64))
              .build();
      value = serde.serializer().serialize("speaker-embeddings", embedding);
    }

    // When
    long due = TWICE_AS_FAST.nanos(new Output(Output.Kind.SPEAKER_EMBEDDINGS, "call", value, 0));

    // Then
    assertEquals(START + 1_500_000_000L, due);
  }

  @Test
  void shouldBeTheBeginningWhereNoAudioDecides() {
    // When
    long due = TWICE_AS_FAST.nanos(new Output(Output.Kind.DEAD_LETTERS, "call", new byte[] {1}, 0));

    // Then
    assertEquals(START, due);
  }
}
