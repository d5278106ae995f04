package io.turnwise.app.connect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
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

  @Test
  void shouldFindEachFileWithASecretThatEverybodyMayRead() throws Exception {
    // Given
    Path file = open("turnwise.properties");
    Path mounted = open("mounted");
    Path store = open("store.p12");
    Path token = open("token.jwt");
    Map<String, String> settings =
        Map.of(
            "sasl.jaas.config",
            "M required username=\"${env:USER_NAME}\" password=\"written out\";",
            "basic.auth.user.info",
            "me:${directory:" + folder + ":mounted}",
            "schema.registry.ssl.keystore.location",
            store.toString(),
            "sasl.oauthbearer.token.endpoint.url",
            token.toUri().toString(),
            "ssl.truststore.location",
            open("ca.pem").toString());

    // When, Then
    assertEquals(Set.of(file, mounted, store, token), SettingsFile.readByEverybody(file, settings));
  }

  @Test
  void shouldFindNoFileWithASecretWhenOnlyTheOwnerReadsThem() throws Exception {
    // Given a file that everybody reads, and refers to one that its owner reads
    Path file = open("turnwise.properties");
    Path mounted = open("mounted");
    Files.setPosixFilePermissions(mounted, PosixFilePermissions.fromString("rw-r-----"));

    // When
    Set<Path> found =
        SettingsFile.readByEverybody(
            file,
            Map.of(
                "sasl.jaas.config",
                "M required password=\"${directory:" + folder + ":mounted}\";",
                "ssl.keystore.password",
                "${env:STORE}"));

    // Then
    assertEquals(Set.of(), found);
  }

  private Path open(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }
}
