package io.turnwise.app.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The bill of materials that the build has written, and the licences in it. Runs after the
 * packaging, by {@code mvn verify}.
 */
class BillOfMaterialsTest {
  /** SPDX ids that may be shipped with a product under Apache-2.0. */
  private static final Set<String> ALLOWED =
      Set.of("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT");

  /** Licences without an SPDX id of their own in the POM, by what the POM says. */
  private static final Map<String, String> SAME_AS = Map.of("Go License", "BSD-3-Clause");

  /** Offered under one licence or another: which is taken. */
  private static final Map<String, String> CHOSEN =
      Map.of("rocksdbjni", "Apache-2.0", "HdrHistogram", "BSD-2-Clause");

  private static final Path PAGE = Path.of("docs/reference/dependencies.md");

  private JsonNode bill;

  @BeforeEach
  void read() throws IOException {
    assumeTrue(
        Boolean.getBoolean("turnwise.packaged"),
        "skipped: checks what was packaged, in the last phase of mvn verify");
    Path file = root().resolve("app/target/turnwise.cdx.json");
    assumeTrue(
        Files.exists(file),
        "skipped: " + file + " is missing; mvn verify writes it, unless offline");
    bill = new ObjectMapper().readTree(file.toFile());
  }

  @Test
  void shouldListEveryJarThatIsShipped() throws IOException {
    // Given
    Set<String> listed = new TreeSet<>();
    components()
        .forEach(
            component ->
                listed.add(
                    component.get("name").asText()
                        + "-"
                        + component.get("version").asText()
                        + ".jar"));

    // When
    Set<String> shipped = new TreeSet<>();
    try (JarFile jar = new JarFile(root().resolve("app/target/turnwise.jar").toFile())) {
      String classPath = jar.getManifest().getMainAttributes().getValue("Class-Path");
      for (String entry : classPath.split(" ")) {
        shipped.add(entry.replace("lib/", ""));
      }
    }

    // Then
    assertTrue(shipped.size() > 30, shipped::toString);
    shipped.removeAll(listed);
    assertEquals(Set.of(), shipped);
    // Unpacked into turnwise-confluent, so that no jar of that name is there.
    for (String jar :
        List.of(
            "kafka-avro-serializer", "kafka-schema-registry-client", "kafka-schema-serializer")) {
      assertTrue(listed.stream().anyMatch(name -> name.startsWith(jar + "-")), jar);
    }
  }

  @Test
  void shouldKnowWhatEachComponentIsByItsDigest() {
    List<String> without =
        components()
            .filter(component -> !component.get("name").asText().startsWith("turnwise-"))
            .filter(component -> !component.toString().contains("\"SHA-256\""))
            .map(component -> component.get("name").asText())
            .toList();

    assertEquals(List.of(), without);
  }

  @Test
  void shouldShipUnderAllowedLicencesOnly() {
    Map<String, String> refused = new TreeMap<>();
    licences()
        .forEach(
            (name, licences) -> {
              String chosen = CHOSEN.get(name);
              boolean allowed =
                  chosen == null
                      ? !licences.isEmpty() && ALLOWED.containsAll(licences)
                      : licences.contains(chosen) && ALLOWED.contains(chosen);
              if (!allowed) {
                refused.put(name, String.join(" and ", licences));
              }
            });

    assertEquals(
        Map.of(),
        refused,
        "These licences are not on the list; see whether they may be, and say why in"
            + " docs/decisions/0018");
  }

  @Test
  void shouldBeWhatTheDocumentationLists() throws IOException {
    Path page = root().resolve(PAGE);
    String expected = page();
    if (Boolean.getBoolean("turnwise.rewrite")) {
      Files.writeString(page, expected);
    }

    assertEquals(
        expected,
        Files.readString(page),
        "Rewrite it: mvn verify -pl app -am -Dtest=BillOfMaterialsTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dturnwise.rewrite=true");
  }

  private String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # Dependencies

            <!-- Generated from the bill of materials of the build; rewritten by:
                 mvn verify -pl app -am -Dtest=BillOfMaterialsTest -Dsurefire.failIfNoSpecifiedTests=false -Dturnwise.rewrite=true -->

            What is shipped with Turnwise, and its licences as each declares them. `mvn verify` writes the bill of materials, `app/target/turnwise.cdx.json` (CycloneDX), and fails where a licence is not on [the list](../decisions/0018-what-is-shipped-is-listed-and-checked.md). Where one of two licences may be chosen, the chosen one is said.

            | Component | Version | Licence |
            |---|---|---|
            """);
    components()
        .filter(component -> !component.get("name").asText().startsWith("turnwise-"))
        .map(
            component -> {
              String name = component.get("name").asText();
              String licence = String.join(" or ", licences().get(name));
              return "| `"
                  + component.get("group").asText()
                  + ":"
                  + name
                  + "` | "
                  + component.get("version").asText()
                  + " | "
                  + licence
                  + (CHOSEN.containsKey(name) ? "; chosen: " + CHOSEN.get(name) : "")
                  + " |\n";
            })
        .sorted()
        .forEach(page::append);
    return page.append(
            """

            Built and tested with, and not shipped: JUnit (EPL-2.0), Testcontainers (MIT), Apicurio Registry (Apache-2.0), JMH in `bench` (GPL-2.0 with the class path exception), and Maven's plugins.
            """)
        .toString();
  }

  private Map<String, Set<String>> licences() {
    Map<String, Set<String>> licences = new TreeMap<>();
    components()
        .forEach(
            component -> {
              List<String> ids = new ArrayList<>();
              for (JsonNode entry : component.path("licenses")) {
                JsonNode licence = entry.path("license");
                String id =
                    licence
                        .path("id")
                        .asText(licence.path("name").asText(entry.path("expression").asText()));
                ids.add(SAME_AS.getOrDefault(id, id));
              }
              licences.put(component.get("name").asText(), new TreeSet<>(ids));
            });
    return licences;
  }

  private Stream<JsonNode> components() {
    List<JsonNode> components = new ArrayList<>();
    bill.get("components").forEach(components::add);
    return components.stream();
  }

  private static Path root() {
    return Path.of(System.getProperty("turnwise.root", ".."));
  }
}
