package io.turnwise.app.connect;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClientFactory;
import io.turnwise.serdes.RegistrySettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Opens clients of the schema registry that are set up as the serdes' own are. */
public final class RegistryConnection {
  private static final String PREFIX = "schema.registry.";
  private static final int SCHEMAS = 100;

  private RegistryConnection() {}

  /**
   * @param url what {@link Connection#REGISTRY} says
   * @param properties those of a run
   * @param more settings of the client that win over these
   * @return the caller's, to close
   * @throws org.apache.kafka.common.config.ConfigException as of {@link RegistrySettings#of}
   */
  public static SchemaRegistryClient open(
      String url, Map<String, String> properties, Map<String, String> more) {
    Map<String, String> registry = new HashMap<>(properties);
    registry.put(Connection.REGISTRY, url);
    Map<String, Object> client = RegistrySettings.of(registry);
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            client.put(key.substring(PREFIX.length()), value);
          }
        });
    client.putAll(more);
    return SchemaRegistryClientFactory.newClient(
        List.of(url.split(",")), SCHEMAS, List.of(), client, Map.of());
  }
}
