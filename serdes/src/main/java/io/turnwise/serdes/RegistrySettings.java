package io.turnwise.serdes;

import io.confluent.kafka.serializers.KafkaAvroSerializerConfig;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;

/** What every client of the schema registry in this project is set up with. */
public final class RegistrySettings {
  private static final String URL = KafkaAvroSerializerConfig.SCHEMA_REGISTRY_URL_CONFIG;
  private static final String TLS = "schema.registry.ssl.";

  private RegistrySettings() {}

  /**
   * The settings, with the name in the registry's certificate checked unless {@code
   * schema.registry.ssl.endpoint.identification.algorithm} says otherwise.
   *
   * @param registry as of {@link AvroSerdes#forValue}
   * @return the caller's
   * @throws ConfigException where {@code schema.registry.url} is missing, or holds an {@code @} and
   *     so perhaps a password; the message does not quote it
   */
  public static Map<String, Object> of(Map<String, ?> registry) {
    requireUrl(registry.get(URL));
    Map<String, Object> settings = new HashMap<>(registry);
    if (settings.keySet().stream().anyMatch(key -> key.startsWith(TLS))) {
      // Confluent's client, told of any TLS setting, takes a certificate for any name otherwise. It
      // looks under the prefix alone.
      settings.putIfAbsent(TLS + "endpoint.identification.algorithm", "https");
    }
    return settings;
  }

  private static void requireUrl(Object url) {
    boolean missing =
        url == null
            || (url instanceof String text && text.isBlank())
            || (url instanceof Collection<?> urls && urls.isEmpty());
    if (missing) {
      throw new ConfigException(
          URL
              + " is missing: name the schema registry, for example"
              + " schema.registry.url=http://localhost:8081, or mock://NAME for one inside this"
              + " process");
    }
    // Addresses are logged, and shown to whoever lists the processes. Wherever it stands: a
    // password may hold what ends the part of an address in which it belongs.
    if (String.valueOf(url).contains("@")) {
      throw new ConfigException(
          URL
              + " holds a user and a password, which would end up in logs; take them out and set"
              + " basic.auth.credentials.source=USER_INFO and basic.auth.user.info (an @ that is"
              + " part of a path is written %40)");
    }
  }
}
