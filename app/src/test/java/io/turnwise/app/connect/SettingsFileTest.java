package io.turnwise.app.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
  @TempDir Path folder;

  @Test
  void shouldHandOnEverySettingAsItIs() throws Exception {
    // Given
    Path file =
        Files.writeString(
            folder.resolve("turnwise.properties"),
            """
            # a comment
            bootstrap.servers=broker:9093
            sasl.jaas.config=org.Module required username="ü" password="$1";
            turnwise.hop.ms=500
            """);

    // When
    Map<String, String> settings = SettingsFile.read(file);

    // Then
    assertEquals(
        Map.of(
            "bootstrap.servers",
            "broker:9093",
            "sasl.jaas.config",
            "org.Module required username=\"ü\" password=\"$1\";",
            "turnwise.hop.ms",
            "500"),
        settings);
  }

  @Test
  void shouldResolveReferencesToSecretsKeptElsewhere() throws Exception {
    // Given
    Path secrets = Files.writeString(folder.resolve("secrets"), "password=s3cret\n");
    Path file =
        Files.writeString(
            folder.resolve("turnwise.properties"),
            "ssl.key.password=${file:" + secrets + ":password}\nuser=${env:PATH}\n");

    // When
    Map<String, String> settings = SettingsFile.read(file);

    // Then
    assertEquals(Map.of("ssl.key.password", "s3cret", "user", System.getenv("PATH")), settings);
  }

  @Test
  void shouldNameTheFileThatDoesNotExist() {
    Path file = folder.resolve("none.properties");

    CommandFailed failure = assertThrows(CommandFailed.class, () -> SettingsFile.read(file));

    assertEquals(
        "The settings file " + file + " does not exist; name a properties file in UTF-8.",
        failure.getMessage());
  }

  @Test
  void shouldSayWhichReferenceCannotBeResolved() throws Exception {
    // Given
    Path file =
        Files.writeString(folder.resolve("a.properties"), "x=${file:/does/not/exist:key}\n");

    // When
    CommandFailed failure = assertThrows(CommandFailed.class, () -> SettingsFile.read(file));

    // Then
    assertTrue(failure.getMessage().contains(file.toString()), failure.getMessage());
    assertTrue(failure.getMessage().contains("/does/not/exist"), failure.getMessage());
  }
}
