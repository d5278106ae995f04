package io.turnwise.app.health;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.turnwise.app.connect.Connection;
import io.turnwise.app.connect.RegistryConnection;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Asks the schema registry whether it is there. Owned by its creator. */
final class RegistryWatch implements AutoCloseable {
  private static final String PATIENCE_MILLIS = "3000";

  private final SchemaRegistryClient registry;

  /**
   * @param properties those of the Streams client, Confluent's among them
   */
  RegistryWatch(Map<String, String> properties) {
    registry =
        RegistryConnection.open(
            properties.get(Connection.REGISTRY),
            properties,
            Map.of(
                "http.connect.timeout.ms", PATIENCE_MILLIS,
                "http.read.timeout.ms", PATIENCE_MILLIS,
                "max.retries", "0"));
  }

  /** What is amiss; empty: it answers. Names neither its address nor what it said. */
  Optional<String> look() {
    try {
      registry.getMode();
      return Optional.empty();
    } catch (RestClientException e) {
      // Not all registries know modes, or tell them to all: an answer is an answer.
      return e.getStatus() < 500 && e.getStatus() != 401
          ? Optional.empty()
          : Optional.of("the schema registry answers with " + e.getStatus());
    } catch (IOException | RuntimeException e) {
      return Optional.of("the schema registry does not answer: " + e.getClass().getSimpleName());
    }
  }

  @Override
  public void close() throws IOException {
    registry.close();
  }
}
