package io.turnwise.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;

/** The page of the settings is written from their definition, so that it cannot drift from it. */
class SettingsReferenceTest {
  private static final Path PAGE =
      Path.of(System.getProperty("turnwise.root", ".."), "docs", "reference", "settings.md");
  private static final String COMMAND =
      "mvn -Dquick -pl topology -am -Dtest=SettingsReferenceTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dturnwise.rewrite=true test";

  @Test
  void shouldDescribeEverySettingOfTheDefinition() throws IOException {
    // Given
    String expected = page(TurnwiseSettings.definition(), StreamsDefaults.over(Map.of()));
    if (Boolean.getBoolean("turnwise.rewrite")) {
      Files.writeString(PAGE, expected);
    }

    // When
    String actual = Files.readString(PAGE);

    // Then
    assertEquals(expected, actual, () -> PAGE + " is out of date; rewrite it with: " + COMMAND);
  }

  @Test
  void shouldGiveEverySettingADescription() {
    // Given
    ConfigDef definition = TurnwiseSettings.definition();

    // When
    definition
        .configKeys()
        .values()
        // Then
        .forEach(key -> assertTrue(key.documentation.endsWith("."), () -> key.name + " has none"));
  }

  private static String page(ConfigDef definition, Properties streams) {
    StringBuilder page = new StringBuilder();
    page.append("# Settings\n\n");
    page.append("<!-- Generated from TurnwiseSettings and StreamsDefaults; rewritten by:\n     ");
    page.append(COMMAND).append(" -->\n\n");
    page.append("Keys of the properties file that `turnwise run --config FILE` reads. ");
    page.append("A `turnwise.` key that is not listed here is an error. ");
    page.append(
        "All other keys go to Kafka, Kafka Streams and Confluent's serdes as they are.\n\n");
    page.append("| Setting | Type | Default | Allowed | Meaning |\n");
    page.append("|---|---|---|---|---|\n");
    definition.configKeys().values().forEach(key -> page.append(row(key)));
    page.append("\n## Kafka settings with a default of Turnwise's own\n\n");
    page.append("The same key in the properties file, prefix included, wins over these. ");
    page.append("`bootstrap.servers` and `schema.registry.url` have no default.\n\n");
    page.append("| Setting | Default |\n");
    page.append("|---|---|\n");
    for (String name : names(streams)) {
      page.append("| `%s` | %s |\n".formatted(name, value(name, streams.get(name))));
    }
    return page.toString();
  }

  private static TreeSet<String> names(Properties properties) {
    TreeSet<String> names = new TreeSet<>();
    properties.keySet().forEach(key -> names.add((String) key));
    return names;
  }

  private static String value(String name, Object value) {
    if (name.equals(StreamsConfig.NUM_STREAM_THREADS_CONFIG)) {
      return "one a processor";
    }
    return "`" + (value instanceof Class<?> type ? type.getName() : value) + "`";
  }

  private static String row(ConfigDef.ConfigKey key) {
    return "| `%s` | %s | %s | %s | %s |\n"
        .formatted(
            key.name,
            key.type.name().toLowerCase(Locale.ROOT),
            key.defaultValue == null ? "none" : "`" + key.defaultValue + "`",
            key.validator == null ? "" : key.validator,
            key.documentation.replace("|", "\\|"));
  }
}
