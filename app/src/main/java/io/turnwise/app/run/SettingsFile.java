package io.turnwise.app.run;

import io.turnwise.app.CommandFailed;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * Reads a properties file, in UTF-8. Values may refer to secrets kept elsewhere, as in Kafka:
 * {@code ${env:NAME}}, {@code ${file:PATH:KEY}} and {@code ${directory:PATH:FILE}}; a file may
 * define other {@code config.providers} instead.
 */
public final class SettingsFile {
  private static final String PROVIDERS = "config.providers";
  private static final Map<String, String> USUAL_PROVIDERS =
      Map.of(
          PROVIDERS,
          "env,file,directory",
          "config.providers.env.class",
          "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
          "config.providers.file.class",
          "org.apache.kafka.common.config.provider.FileConfigProvider",
          "config.providers.directory.class",
          "org.apache.kafka.common.config.provider.DirectoryConfigProvider");

  private SettingsFile() {}

  /**
   * @return the settings, references resolved
   * @throws CommandFailed if the file cannot be read or a reference not be resolved
   */
  public static Map<String, String> read(Path file) {
    Map<String, String> raw = new HashMap<>();
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      String why = Files.exists(file) ? "cannot be read (" + e + ")" : "does not exist";
      throw new CommandFailed(
          "The settings file " + file + " " + why + "; name a properties file in UTF-8.", e);
    }
    properties.stringPropertyNames().forEach(key -> raw.put(key, properties.getProperty(key)));
    if (!raw.containsKey(PROVIDERS)) {
      raw.putAll(USUAL_PROVIDERS);
    }
    try {
      Map<String, String> resolved =
          new AbstractConfig(new ConfigDef(), raw, Map.of(), false).originalsStrings();
      resolved.keySet().removeIf(key -> key.startsWith(PROVIDERS));
      return resolved;
    } catch (KafkaException e) {
      throw new CommandFailed(
          "A reference in the settings file " + file + " cannot be resolved: " + e.getMessage(), e);
    }
  }
}
