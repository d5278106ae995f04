package io.turnwise.app.health;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClientFactory;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.turnwise.app.run.Connection;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the schema registry whether it is there. Owned by its creator. */
final class RegistryWatch implements AutoCloseable {
  private static final String PREFIX = "schema.registry.";
  private static final String PATIENCE_MILLIS = "3000";

  private final SchemaRegistryClient registry;

  /**
   * @param properties those of the Streams client, Confluent's among them
   */
  RegistryWatch(Map<String, String> properties) {
    Map<String, String> client = new HashMap<>(properties);
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            client.put(key.substring(PREFIX.length()), value);
          }
        });
    client.put("http.connect.timeout.ms", PATIENCE_MILLIS);
    client.put("http.read.timeout.ms", PATIENCE_MILLIS);
    client.put("max.retries", "0");
    registry =
        SchemaRegistryClientFactory.newClient(
            List.of(properties.get(Connection.REGISTRY).split(",")),
            1,
            List.of(),
            client,
            Map.of());
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
