package io.turnwise.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.config.ConfigDef;
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
    String expected = page(TurnwiseSettings.definition());
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

  private static String page(ConfigDef definition) {
    StringBuilder page = new StringBuilder();
    page.append("# Settings\n\n");
    page.append("<!-- Generated from TurnwiseSettings.definition(); rewritten by:\n     ");
    page.append(COMMAND).append(" -->\n\n");
    page.append("Keys of the properties file that `turnwise run --config FILE` reads. ");
    page.append("A `turnwise.` key that is not listed here is an error. ");
    page.append("All other keys go to Kafka, Kafka Streams and Confluent's serdes as they are.\n\n");
    page.append("| Setting | Type | Default | Allowed | Meaning |\n");
    page.append("|---|---|---|---|---|\n");
    definition.configKeys().values().forEach(key -> page.append(row(key)));
    return page.toString();
  }

  private static String row(ConfigDef.ConfigKey key) {
    return "| `%s` | %s | %s | %s | %s |\n"
        .formatted(
            key.name,
            key.type.name().toLowerCase(java.util.Locale.ROOT),
            key.defaultValue == null ? "none" : "`" + key.defaultValue + "`",
            key.validator == null ? "" : key.validator,
            key.documentation.replace("|", "\\|"));
  }
}
