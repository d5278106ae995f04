package io.turnwise.app.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What the container may do, as docker-compose.yml and the Dockerfile say. */
class ContainerTest {

  @Test
  void shouldRunTurnwiseWithoutRightsOnAReadOnlyFileSystem() throws IOException {
    JsonNode turnwise = services().get("turnwise");

    assertTrue(turnwise.path("read_only").asBoolean());
    assertEquals(List.of("ALL"), texts(turnwise.path("cap_drop")));
    assertTrue(turnwise.path("cap_add").isMissingNode());
    assertFalse(turnwise.path("privileged").asBoolean());
    assertTrue(turnwise.path("user").isMissingNode(), "the image's own user counts");
    assertEquals(1, turnwise.path("tmpfs").size());
    assertTrue(turnwise.path("tmpfs").get(0).asText().startsWith("/tmp:"));
    assertTrue(turnwise.path("tmpfs").get(0).asText().contains("exec"));
    for (String volume : texts(turnwise.path("volumes"))) {
      assertTrue(volume.endsWith(":ro"), volume);
    }
  }

  @Test
  void shouldGiveNoServiceNewPrivilegesNorAPortToOtherMachines() throws IOException {
    services()
        .properties()
        .forEach(
            service -> {
              JsonNode settings = service.getValue();
              assertTrue(
                  texts(settings.path("security_opt")).contains("no-new-privileges:true"),
                  service.getKey());
              assertEquals(List.of("ALL"), texts(settings.path("cap_drop")), service.getKey());
              assertFalse(settings.has("privileged"), service.getKey());
              assertFalse(settings.has("network_mode"), service.getKey());
              for (String port : texts(settings.path("ports"))) {
                assertTrue(port.startsWith("127.0.0.1:"), port);
              }
            });
  }

  @Test
  void shouldBuildAnImageThatIsNotRootAndHoldsNoSecret() throws IOException {
    // Given
    List<String> lines = Files.readAllLines(root().resolve("docker/Dockerfile"));

    // Then
    List<String> users = lines.stream().filter(line -> line.startsWith("USER ")).toList();
    assertEquals(1, users.size());
    assertTrue(users.get(0).matches("USER [1-9]\\d{3,}:[1-9]\\d{3,}"), users::toString);
    assertTrue(lines.indexOf(users.get(0)) > lastIndex(lines, "COPY "), "files must stay root's");
    for (String line : lines) {
      if (line.startsWith("FROM ")) {
        assertTrue(line.matches("FROM \\S+:[\\w.]*\\d[\\w.-]*( AS \\w+)?"), line);
      }
      assertFalse(line.startsWith("ADD "), line);
      assertFalse(
          line.toLowerCase(Locale.ROOT).matches("(env|arg) .*(password|secret|token).*"), line);
    }
    assertTrue(
        lines.stream().anyMatch(line -> line.startsWith("ENTRYPOINT [\"java\"")), lines::toString);
  }

  private static int lastIndex(List<String> lines, String start) {
    int last = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(start)) {
        last = i;
      }
    }
    return last;
  }

  private static JsonNode services() throws IOException {
    return new ObjectMapper(new YAMLFactory())
        .readTree(root().resolve("docker-compose.yml").toFile())
        .get("services");
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static Path root() {
    return Path.of(System.getProperty("turnwise.root", ".."));
  }
}
