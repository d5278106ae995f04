package io.turnwise.app.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.turnwise.app.preflight.Finding.State;
import io.turnwise.topology.TurnwiseSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegistryLookTest {
  private static final AvroSchema FOREIGN =
      new AvroSchema(
          "{\"type\":\"record\",\"name\":\"AudioChunk\",\"namespace\":\"io.turnwise.avro\","
              + "\"fields\":[{\"name\":\"odd\",\"type\":\"int\"}]}");

  @Test
  void shouldNameTheSchemasThatAreMissingWhenNoneMayBeRegistered() throws Exception {
    List<Finding> findings = look("mock://look-missing", Map.of("auto.register.schemas", "false"));

    assertEquals(
        List.of(
            "schema speaker-embeddings-value",
            "schema speaker-changes-value",
            "schema dead-letters-value"),
        failed(findings));
    assertEquals(List.of(), failed(look("mock://look-missing", Map.of())));
    assertEquals(0, MockSchemaRegistry.getClientForScope("look-missing").getAllSubjects().size());
  }

  @Test
  void shouldSayThatASourcesRecordsCannotBeRead() throws Exception {
    // Given
    SchemaRegistryClient registry = MockSchemaRegistry.getClientForScope("look-foreign");
    registry.register("audio-chunks-value", FOREIGN);

    // When
    List<Finding> findings = look("mock://look-foreign", Map.of());

    // Then
    assertEquals(List.of("schema audio-chunks-value"), failed(findings), findings::toString);
  }

  @Test
  void shouldSayThatTheCredentialsAreRefused() throws Exception {
    // Given
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(401, -1);
          exchange.close();
        });
    server.start();
    try {
      // When
      List<Finding> findings = look("http://127.0.0.1:" + server.getAddress().getPort(), Map.of());

      // Then
      assertEquals(1, findings.size());
      assertTrue(
          findings.get(0).detail().contains("refuses these credentials (401)"), findings::toString);
    } finally {
      server.stop(0);
    }
  }

  private static List<Finding> look(String url, Map<String, String> properties) {
    return RegistryLook.findings(
        new Needs(TurnwiseSettings.of(Map.of()), properties, true, Needs.OUTAGE), url);
  }

  private static List<String> failed(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.state() == State.FAILED)
        .map(Finding::subject)
        .toList();
  }
}
