package io.turnwise.app.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.turnwise.app.connect.RegistryConnection;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.serdes.RegistryUnavailable;
import io.turnwise.testing.ApicurioProcess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Every way to log in to a real registry behind TLS, and what is said where it fails. */
@TestInstance(Lifecycle.PER_CLASS)
class RegistrySecurityTest {
  private static final String TOPIC = "dead-letters";
  private static final String PASSWORD = "right-pass-4711";
  private static final String WRONG = "wrong-pass-0815";

  private Certificates certificates;
  private Certificates others;
  private ApicurioProcess registry;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    certificates = Certificates.in(folder.resolve("ours"));
    others = Certificates.in(folder.resolve("others"));
    certificates.issue("server", "CN=server", "ip:127.0.0.1");
    registry = ApicurioProcess.start();
  }

  @AfterAll
  void stop() {
    registry.close();
  }

  @Test
  void shouldLogInWithAPassword() throws Exception {
    try (RegistryGate gate = withPassword("server")) {
      assertCarries(basic(gate, PASSWORD));
    }
  }

  @Test
  void shouldLogInWithAToken() throws Exception {
    try (RegistryGate gate =
        RegistryGate.bearer(
            registry.registryUrl(), certificates.serverContext("server"), PASSWORD)) {
      assertCarries(bearer(gate, PASSWORD));
      assertRefused(bearer(gate, WRONG), "bearer.auth.token");
    }
  }

  @Test
  void shouldLogInWithACertificate() throws Exception {
    try (RegistryGate gate =
        RegistryGate.mutualTls(registry.registryUrl(), certificates.serverContext("server"))) {
      Path own = certificates.issue("client", "CN=client");
      Path expired = certificates.issueExpired("expired-client", "CN=client");
      assertCarries(certificate(gate, own));
      assertRefused(certificate(gate, expired), "schema.registry.ssl.keystore.location");
      assertRefused(tls(gate), "schema.registry.ssl.keystore.location");
    }
  }

  @Test
  void shouldNameTheSettingWhenThePasswordIsWrong() throws Exception {
    try (RegistryGate gate = withPassword("server")) {
      assertRefused(basic(gate, WRONG), "basic.auth.user.info");
    }
  }

  @Test
  void shouldNameTheTruststoreWhenTheAuthorityIsAnother() throws Exception {
    try (RegistryGate gate = withPassword("server")) {
      Map<String, String> client = basic(gate, PASSWORD);
      client.put("schema.registry.ssl.truststore.location", others.authority().toString());
      assertRefused(client, "schema.registry.ssl.truststore.location");
    }
  }

  @Test
  void shouldSayThatTheCertificateHasExpired() throws Exception {
    certificates.issueExpired("expired", "CN=server", "ip:127.0.0.1");
    try (RegistryGate gate = withPassword("expired")) {
      assertRefused(basic(gate, PASSWORD), "has expired");
    }
  }

  @Test
  void shouldNameTheAddressWhenTheCertificateIsForAnotherName() throws Exception {
    try (RegistryGate gate = withPassword("server")) {
      Map<String, String> client = basic(gate, PASSWORD);
      client.put("schema.registry.url", gate.url().replace("127.0.0.1", "localhost"));
      assertRefused(client, "schema.registry.url");
    }
  }

  @Test
  void shouldNotShowThePasswordToAnotherNameWhenItOnlyLooksWhetherTheRegistryIsThere()
      throws Exception {
    try (RegistryGate gate = withPassword("server")) {
      // Given a certificate for 127.0.0.1 only
      Map<String, String> right = basic(gate, PASSWORD);
      Map<String, String> client = new HashMap<>(right);
      client.put("schema.registry.url", gate.url().replace("127.0.0.1", "localhost"));

      // When, Then
      assertCarries(right);
      assertFalse(subjects(right).isEmpty());
      assertThrows(SSLException.class, () -> subjects(client));
    }
  }

  private static Collection<String> subjects(Map<String, String> client) throws Exception {
    try (SchemaRegistryClient registry =
        RegistryConnection.open(client.get("schema.registry.url"), client, Map.of())) {
      return registry.getAllSubjects();
    }
  }

  private RegistryGate withPassword(String certificate) throws Exception {
    return RegistryGate.basic(
        registry.registryUrl(), certificates.serverContext(certificate), "me", PASSWORD);
  }

  private Map<String, String> tls(RegistryGate gate) {
    Map<String, String> client = new HashMap<>();
    client.put("schema.registry.url", gate.url());
    client.put("schema.registry.ssl.truststore.type", "PEM");
    client.put("schema.registry.ssl.truststore.location", certificates.authority().toString());
    return client;
  }

  private Map<String, String> basic(RegistryGate gate, String password) {
    Map<String, String> client = tls(gate);
    client.put("basic.auth.credentials.source", "USER_INFO");
    client.put("basic.auth.user.info", "me:" + password);
    return client;
  }

  private Map<String, String> bearer(RegistryGate gate, String token) {
    Map<String, String> client = tls(gate);
    client.put("bearer.auth.credentials.source", "STATIC_TOKEN");
    client.put("bearer.auth.token", token);
    return client;
  }

  private Map<String, String> certificate(RegistryGate gate, Path certificate) {
    Map<String, String> client = tls(gate);
    client.put("schema.registry.ssl.keystore.type", "PEM");
    client.put("schema.registry.ssl.keystore.location", certificate.toString());
    return client;
  }

  private static void assertCarries(Map<String, String> client) {
    DeadLetter letter = letter();
    try (Serde<DeadLetter> serde = AvroSerdes.forValue(DeadLetter.class, client)) {
      byte[] bytes = serde.serializer().serialize(TOPIC, letter);
      assertEquals(letter, serde.deserializer().deserialize(TOPIC, bytes));
    }
  }

  private static void assertRefused(Map<String, String> client, String setting) {
    try (Serde<DeadLetter> serde = AvroSerdes.forValue(DeadLetter.class, client)) {
      RegistryUnavailable failure =
          assertThrows(
              RegistryUnavailable.class, () -> serde.serializer().serialize(TOPIC, letter()));
      String sentence = failure.getMessage();
      assertTrue(sentence.contains(setting), sentence);
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        assertFalse(String.valueOf(cause.getMessage()).contains(WRONG), cause::toString);
        assertFalse(String.valueOf(cause.getMessage()).contains(PASSWORD), cause::toString);
      }
    }
  }

  private static DeadLetter letter() {
    return DeadLetter.newBuilder()
        .setTopic("audio-chunks")
        .setPartition(0)
        .setOffset(0)
        .setTimestamp(Instant.EPOCH)
        .setReason(DeadLetterReason.OTHER)
        .setDetail("a test")
        .setDigest("")
        .setBytes(0)
        .build();
  }
}
