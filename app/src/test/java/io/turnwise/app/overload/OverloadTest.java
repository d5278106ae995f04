package io.turnwise.app.overload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.broker.Topics;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.Model;
import io.turnwise.testing.Shared;
import io.turnwise.topology.TurnwiseSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class OverloadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Model model =
      Installation.models()
          .find(Shared.projectRoot().resolve("models/turnwise-starter.onnx").toString());
  private final WavFile audio =
      WavFile.read(Shared.projectRoot().resolve("samples/sample-call.wav"));
  private final List<ProcessHandle> before = ProcessHandle.current().children().toList();

  @Test
  void shouldEndTheBrokerWhenItsTopicsCannotBeCreated() {
    // Given more copies than there are brokers
    Topics topics =
        new Topics(
            TurnwiseSettings.of(Map.of()), 1, Optional.of((short) 3), Topics.RETENTION, true);

    // When
    KafkaException failure =
        assertThrows(KafkaException.class, () -> Overload.open(model, audio, () -> false, topics));

    // Then
    assertTrue(failure.getMessage().startsWith("Cannot create the topic"), failure.getMessage());
    assertEquals(List.of(), brokers());
  }

  @Test
  void shouldCloseTheApplicationWhenItDoesNotGetSoFarAsToTrack() throws Exception {
    // Given
    try (Overload overload = Overload.open(model, audio, () -> true)) {
      // When
      CommandFailed failure = assertThrows(CommandFailed.class, () -> overload.capacity(1));

      // Then
      assertEquals("Stopped before the end.", failure.getMessage());
      assertEquals(List.of(), threadsLeftOfTheApplication());
    }
    assertEquals(List.of(), brokers());
  }

  /** Processes that this one has started since the test began, and that have not ended. */
  private List<ProcessHandle> brokers() {
    return ProcessHandle.current().children().filter(child -> !before.contains(child)).toList();
  }

  /** Some of Kafka's are told to end and not waited for. */
  private static List<String> threadsLeftOfTheApplication() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<String> left = threadsOfTheApplication();
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      left = threadsOfTheApplication();
    }
    return left;
  }

  private static List<String> threadsOfTheApplication() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.contains("turnwise-overload"))
        .toList();
  }
}
