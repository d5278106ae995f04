package io.turnwise.app.overload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import io.turnwise.avro.AudioChunk;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.testing.Shared;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class CrowdTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Serde<AudioChunk> serde =
      AvroSerdes.forValue(AudioChunk.class, Map.of("schema.registry.url", "mock://crowd"));
  private final MockProducer<String, AudioChunk> producer =
      new MockProducer<>(true, null, new StringSerializer(), serde.serializer());

  @Test
  void shouldSayWhyItFellSilentWhenItsThreadDies() {
    // Given
    producer.sendException = new SerializationException("for the test");
    try (Crowd crowd = crowd()) {
      // When
      crowd.be(1);
      crowd.start();

      // Then
      CommandFailed failure = await(crowd).orElseThrow();
      assertEquals(producer.sendException, failure.getCause());
      assertTrue(failure.getMessage().contains("SerializationException"), failure.getMessage());
    }
  }

  private Crowd crowd() {
    return new Crowd(
        "audio",
        WavFile.read(Shared.projectRoot().resolve("samples/sample-call.wav")),
        "a-",
        serde,
        producer);
  }

  private static Optional<CommandFailed> await(Crowd crowd) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      try {
        crowd.check();
      } catch (CommandFailed failure) {
        return Optional.of(failure);
      }
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    return Optional.empty();
  }
}
