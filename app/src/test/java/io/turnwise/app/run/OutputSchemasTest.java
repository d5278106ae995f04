package io.turnwise.app.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.turnwise.app.CommandFailed;
import io.turnwise.serdes.Contract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutputSchemasTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer registry;
  private IntUnaryOperator status = number -> 200;

  @BeforeEach
  void startRegistry() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    IntFunction<String> body =
        code ->
            code == 200
                ? "{\"id\":7}"
                : "{\"error_code\":" + code + ",\"message\":\"already exists\"}";
    registry.createContext(
        "/",
        exchange -> {
          int code = status.applyAsInt(asked.incrementAndGet());
          byte[] answer = body.apply(code).getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(code, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    registry.start();
  }

  @AfterEach
  void stopRegistry() {
    registry.stop(0);
  }

  private OutputSchemas schemas(Duration patience) {
    return new OutputSchemas(
            Map.of("schema.registry.url", "http://127.0.0.1:" + registry.getAddress().getPort()),
            patience)
        .with(Contract.SPEAKER_CHANGES, "changes")
        .with(Contract.DEAD_LETTERS, "letters");
  }

  @Test
  void shouldAskAgainWhenAnotherRegistersTheSameAtTheSameMoment() {
    // Given a registry that refuses all but one of those who register at once
    status = number -> number <= 2 ? 409 : 200;

    // When
    schemas(PATIENCE).await(() -> false);

    // Then
    assertTrue(asked.get() >= 4, () -> "asked " + asked + " times");
  }

  @Test
  void shouldWaitWhenTheRegistryIsNotWell() {
    // Given
    status = number -> number <= 8 ? 503 : 200;

    // When
    schemas(PATIENCE).await(() -> false);

    // Then
    assertTrue(asked.get() >= 10, () -> "asked " + asked + " times");
  }

  @Test
  void shouldFailWithTheRegistrysWordWhenItWillNotTakeASchema() {
    // Given
    status = number -> 409;

    // When
    CommandFailed fault =
        assertThrows(CommandFailed.class, () -> schemas(PATIENCE).await(() -> false));

    // Then
    assertTrue(fault.getMessage().contains("already exists"), fault.getMessage());
    assertTrue(fault.getMessage().contains("topic changes"), fault.getMessage());
  }

  @Test
  void shouldFailWhenTheRegistryIsSilentForTooLong() {
    // Given
    registry.stop(0);

    // When
    CommandFailed fault =
        assertThrows(CommandFailed.class, () -> schemas(Duration.ZERO).await(() -> false));

    // Then
    assertTrue(fault.getMessage().contains("schema registry"), fault.getMessage());
  }

  @Test
  void shouldWaitNoLongerWhenAStopIsAskedFor() {
    // Given
    registry.stop(0);

    // When
    schemas(PATIENCE).await(() -> true);

    // Then
    assertEquals(0, asked.get());
  }
}
