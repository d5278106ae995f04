package io.turnwise.app.connect;

import io.turnwise.app.CommandFailed;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import picocli.CommandLine.Option;

/** The options that say which cluster and which schema registry to use. */
public final class Connection {
  public static final String BOOTSTRAP = CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG;
  public static final String REGISTRY = "schema.registry.url";

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Properties file with bootstrap.servers, schema.registry.url and any other setting of"
              + " Kafka's clients, Confluent's serializers or Turnwise.")
  private Path config;

  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT",
      description = "Kafka broker to connect to first; wins over the file's.")
  private String bootstrapServer;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description = "Confluent-compatible schema registry; wins over the file's.")
  private String registry;

  /**
   * All settings of the file and the options.
   *
   * @throws CommandFailed if the file cannot be read or the cluster or registry is not named
   */
  public Map<String, String> settings() {
    Map<String, String> settings = brokerSettings();
    require(settings, REGISTRY, "http://localhost:8081", origin());
    return settings;
  }

  /**
   * The same, for what needs no registry.
   *
   * @throws CommandFailed if the file cannot be read or the cluster is not named
   */
  public Map<String, String> brokerSettings() {
    Map<String, String> settings =
        config == null ? new HashMap<>() : new HashMap<>(SettingsFile.read(config));
    if (bootstrapServer != null) {
      settings.put(BOOTSTRAP, bootstrapServer);
    }
    if (registry != null) {
      settings.put(REGISTRY, registry);
    }
    require(settings, BOOTSTRAP, "localhost:9092", origin());
    return settings;
  }

  private String origin() {
    return config == null ? "--config FILE" : config.toString();
  }

  static void require(Map<String, String> settings, String key, String example, String origin) {
    if (settings.getOrDefault(key, "").isBlank()) {
      throw new CommandFailed(
          key + " is missing; give it in " + origin + ", for example " + key + "=" + example + ".");
    }
  }
}
