package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.app.broker.EmbeddedBroker;
import io.turnwise.testing.OnnxBytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code turnwise check} and {@code topics create} against real brokers, one of them with rights.
 */
@TestInstance(Lifecycle.PER_CLASS)
class ClusterCheckTest {
  private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";
  private static final Map<String, String> WITH_RIGHTS =
      Map.of(
          "listener.security.protocol.map",
          "BROKER:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
          "sasl.enabled.mechanisms",
          "PLAIN",
          "sasl.mechanism.inter.broker.protocol",
          "PLAIN",
          "listener.name.broker.plain.sasl.jaas.config",
          PLAIN
              + " required username=\"admin\" password=\"admin-word\" user_admin=\"admin-word\""
              + " user_turnwise=\"turnwise-word\" user_nobody=\"nobody-word\";",
          "authorizer.class.name",
          "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
          "super.users",
          "User:admin;User:ANONYMOUS");

  @TempDir static Path folder;

  private EmbeddedBroker open;
  private EmbeddedBroker guarded;
  private Path model;

  @BeforeAll
  void start() throws Exception {
    open = EmbeddedBroker.start(folder.resolve("open"));
    guarded = EmbeddedBroker.start(folder.resolve("guarded"), WITH_RIGHTS);
    model = Files.write(folder.resolve("tiny.onnx"), OnnxBytes.features());
    assertEquals(0, create(guarded, as("admin", "admin-word")).exitCode());
  }

  @AfterAll
  void stop() {
    open.close();
    guarded.close();
  }

  @Test
  void shouldSayWhichTopicsAreMissingAndCreateNone() throws Exception {
    // Given a cluster with nothing on it
    try (EmbeddedBroker empty = EmbeddedBroker.start(folder.resolve("empty"));
        Admin admin = admin(empty, "")) {
      // When
      CommandLineRun run = check(empty, "");

      // Then
      assertEquals(1, run.exitCode());
      JsonNode json = json(run);
      for (String topic :
          List.of(
              "audio-chunks",
              "speaker-registry",
              "speaker-embeddings",
              "speaker-changes",
              "dead-letters")) {
        JsonNode finding = about(json, "topic " + topic).get(0);
        assertEquals("failed", finding.get("state").asText());
        assertTrue(finding.get("remedy").asText().contains("topics create"), run.out());
      }
      assertEquals(Set.of(), admin.listTopics().names().get());
      assertEquals(List.of(), List.copyOf(admin.listGroups().all().get()));
    }
  }

  @Test
  void shouldFindNothingThatFailsOnceTheTopicsAreCreated() throws Exception {
    // Given
    CommandLineRun created = create(open, "");

    // When
    CommandLineRun run = check(open, "num.stream.threads=1\n");

    // Then
    assertEquals(0, created.exitCode(), created.err());
    assertEquals(0, run.exitCode(), run.out());
    JsonNode json = json(run);
    assertEquals("ok", about(json, "cluster").get(0).get("state").asText());
    // One broker is all there is, so that each topic has one copy.
    assertTrue(
        about(json, "topic audio-chunks").get(0).get("detail").asText().startsWith("one copy"),
        run.out());
    assertEquals("ok", about(json, "state folder").get(0).get("state").asText());
  }

  @Test
  void shouldSayThatNobodyListens() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }

    CommandLineRun run = check("127.0.0.1:" + port, "");

    assertEquals(1, run.exitCode());
    assertTrue(run.out().contains("no Kafka broker answers"), run.out());
  }

  @Test
  void shouldSayThatTheChangelogsCannotBeCreatedWithTheSettingsGiven() throws Exception {
    CommandLineRun run = check(open, "application.id=other\ntopic.segement.ms=1000\n");

    assertEquals(1, run.exitCode(), run.out());
    JsonNode finding = about(json(run), "topic other-order-calls-changelog").get(0);
    assertEquals("failed", finding.get("state").asText());
    assertTrue(finding.get("detail").asText().contains("segement.ms"), run.out());
  }

  @Test
  void shouldSayWhichBrokerIsNotNamedAsOneAndLookAtAllElse() throws Exception {
    CommandLineRun run = check("localhost,127.0.0.1:99999", "turnwise.hop.ms=3\n");

    assertEquals(1, run.exitCode(), run.err());
    JsonNode json = json(run);
    List<JsonNode> findings = about(json, "cluster");
    assertTrue(findings.get(0).get("detail").asText().contains("'localhost'"), run.out());
    assertTrue(findings.get(1).get("detail").asText().contains("'127.0.0.1:99999'"), run.out());
    assertEquals("failed", about(json, "setting turnwise.hop.ms").get(0).get("state").asText());
    assertEquals("ok", about(json, "schema registry").get(0).get("state").asText());
  }

  @Test
  void shouldSayWhatIsWrongWithALoginAndNotQuoteIt() throws Exception {
    CommandLineRun run =
        check(
            open,
            "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config="
                + PLAIN
                + " guessed username=\"u\";\n");

    assertEquals(1, run.exitCode());
    assertTrue(
        about(json(run), "cluster").get(0).get("detail").asText().contains("sasl.jaas.config"),
        run.out());
    assertFalse(run.out().contains("guessed"), run.out());
  }

  @Test
  void shouldSayThatTheBrokerDoesNotSpeakTls() throws Exception {
    CommandLineRun run = check(open, "security.protocol=SSL\n");

    assertEquals(1, run.exitCode());
    JsonNode finding = about(json(run), "cluster").get(0);
    assertTrue(finding.get("detail").asText().contains("does not speak TLS"), run.out());
    assertTrue(
        finding.get("remedy").asText().startsWith("set security.protocol=PLAINTEXT"), run.out());
  }

  @Test
  void shouldSayThatTheBrokerWantsNoSasl() throws Exception {
    CommandLineRun run = check(open, as("turnwise", "turnwise-word"));

    assertEquals(1, run.exitCode());
    assertTrue(
        about(json(run), "cluster").get(0).get("detail").asText().contains("SASL"), run.out());
  }

  @Test
  void shouldSayThatTheListenerMayAskForSasl() throws Exception {
    CommandLineRun run = check(guarded, "default.api.timeout.ms=3000\nrequest.timeout.ms=3000\n");

    assertEquals(1, run.exitCode());
    assertTrue(
        about(json(run), "cluster").get(0).get("remedy").asText().contains("may ask for SASL"),
        run.out());
  }

  @Test
  void shouldSayThatTheCredentialsAreRefused() throws Exception {
    CommandLineRun run = check(guarded, as("turnwise", "guessed"));

    assertEquals(1, run.exitCode());
    assertTrue(run.out().contains("refuses these credentials"), run.out());
    assertFalse(run.out().contains("guessed"), run.out());
  }

  @Test
  void shouldNameTheRightsThatAreMissingOneByOne() throws Exception {
    // Given a user who may see the topics and read one of them
    grant(
        "nobody",
        List.of(
            acl("nobody", ResourceType.TOPIC, "audio-chunks", PatternType.LITERAL, "READ"),
            acl("nobody", ResourceType.TOPIC, "speaker-changes", PatternType.LITERAL, "DESCRIBE")));

    // When
    JsonNode json = json(check(guarded, as("nobody", "nobody-word")));

    // Then
    assertTrue(
        about(json, "topic speaker-changes").get(0).get("remedy").asText().contains("WRITE"));
    assertTrue(
        about(json, "topic speaker-registry").get(0).get("detail").asText().contains("DESCRIBE"));
    assertTrue(
        about(json, "topic turnwise-segment-audio-changelog")
            .get(0)
            .get("state")
            .asText()
            .equals("failed"));
    assertEquals(
        "allow READ on the group", about(json, "group turnwise").get(0).get("remedy").asText());
    assertEquals(1, about(json, "transactions turnwise-").size());
    assertTrue(
        about(json, "topic audio-chunks").stream()
            .noneMatch(finding -> finding.get("state").asText().equals("failed")),
        json::toString);
  }

  @Test
  void shouldFindNothingThatFailsWhenTheUserHasTheLeastRights() throws Exception {
    // Given what docs/how-to/run-against-a-cluster.md lists
    List<AclBinding> least = new ArrayList<>();
    for (String topic : List.of("audio-chunks", "speaker-registry")) {
      least.add(acl("turnwise", ResourceType.TOPIC, topic, PatternType.LITERAL, "READ"));
    }
    for (String topic : List.of("speaker-embeddings", "speaker-changes", "dead-letters")) {
      least.add(acl("turnwise", ResourceType.TOPIC, topic, PatternType.LITERAL, "WRITE"));
    }
    for (String operation : List.of("CREATE", "READ", "WRITE", "DESCRIBE")) {
      least.add(acl("turnwise", ResourceType.TOPIC, "turnwise-", PatternType.PREFIXED, operation));
    }
    least.add(acl("turnwise", ResourceType.GROUP, "turnwise", PatternType.LITERAL, "READ"));
    for (String operation : List.of("WRITE", "DESCRIBE")) {
      least.add(
          acl(
              "turnwise",
              ResourceType.TRANSACTIONAL_ID,
              "turnwise-",
              PatternType.PREFIXED,
              operation));
    }
    grant("turnwise", least);

    // When
    CommandLineRun run = check(guarded, as("turnwise", "turnwise-word"));

    // Then
    assertEquals(0, run.exitCode(), run.out());
    assertTrue(run.out().contains("may not DESCRIBE_CONFIGS"), run.out());
    try (Admin admin = admin(guarded, as("admin", "admin-word"))) {
      assertTrue(
          admin.listTopics().names().get().stream().noneMatch(name -> name.endsWith("-changelog")));
    }
  }

  private static AclBinding acl(
      String user, ResourceType type, String name, PatternType pattern, String operation) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry(
            "User:" + user, "*", AclOperation.fromString(operation), AclPermissionType.ALLOW));
  }

  private void grant(String user, List<AclBinding> rights) throws Exception {
    try (Admin admin = admin(guarded, as("admin", "admin-word"))) {
      admin.createAcls(rights).all().get();
    }
  }

  private static String as(String user, String password) {
    return "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config="
        + PLAIN
        + " required username=\""
        + user
        + "\" password=\""
        + password
        + "\";\n";
  }

  private static Admin admin(EmbeddedBroker broker, String security) throws IOException {
    java.util.Properties properties = new java.util.Properties();
    properties.load(new java.io.StringReader(security));
    properties.put("bootstrap.servers", broker.bootstrapServers());
    return Admin.create(properties);
  }

  private CommandLineRun create(EmbeddedBroker broker, String more) throws IOException {
    return CommandLineRun.of(
        "topics", "create", "--config", config(broker.bootstrapServers(), more), "--partitions", 2);
  }

  private CommandLineRun check(EmbeddedBroker broker, String more) throws IOException {
    return check(broker.bootstrapServers(), more);
  }

  private CommandLineRun check(String servers, String more) throws IOException {
    return CommandLineRun.of("check", "--config", config(servers, more), "--json");
  }

  private Path config(String servers, String more) throws IOException {
    return Files.writeString(
        Files.createTempFile(folder, "run", ".properties"),
        "bootstrap.servers="
            + servers
            + "\nschema.registry.url=mock://cluster-check\nturnwise.provider=cpu\nturnwise.model="
            + model
            + "\nstate.dir="
            + folder.resolve("state")
            + "\n"
            + more);
  }

  private static JsonNode json(CommandLineRun run) throws IOException {
    return new JsonMapper().readTree(run.out());
  }

  private static List<JsonNode> about(JsonNode json, String subject) {
    List<JsonNode> about = new ArrayList<>();
    for (JsonNode finding : json.get("findings")) {
      if (finding.get("subject").asText().equals(subject)) {
        about.add(finding);
      }
    }
    assertFalse(about.isEmpty(), () -> "no finding on " + subject + " in " + json);
    return about;
  }
}
