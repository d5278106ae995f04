package io.turnwise.app.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.turnwise.app.preflight.Finding.State;
import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
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

  @Test
  void shouldAskOnceWhenTheRegistrySaysNothing() throws Exception {
    // Given one that takes connections and never answers
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      // When
      List<Finding> findings =
          look(
              "http://127.0.0.1:" + silent.getLocalPort(),
              Map.of("http.read.timeout.ms", "100", "max.retries", "5"));

      // Then
      assertEquals(1, findings.size());
      assertTrue(findings.get(0).detail().contains("timed out"), findings::toString);
      assertEquals(1, waiting(silent));
    }
  }

  @Test
  void shouldQuoteLittleOfWhatIsNoRegistrysAnswer() throws Exception {
    // Given
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = "<p>page</p>".repeat(1000).getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(500, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    try {
      // When
      List<Finding> findings = look("http://127.0.0.1:" + server.getAddress().getPort(), Map.of());

      // Then
      assertEquals(1, findings.size());
      assertTrue(findings.get(0).detail().contains("<p>page"), findings::toString);
      assertTrue(findings.get(0).detail().length() < 500, findings::toString);
    } finally {
      server.stop(0);
    }
  }

  private static int waiting(ServerSocket server) throws IOException {
    server.setSoTimeout(100);
    int connections = 0;
    try {
      while (true) {
        server.accept().close();
        connections++;
      }
    } catch (SocketTimeoutException e) {
      return connections;
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
