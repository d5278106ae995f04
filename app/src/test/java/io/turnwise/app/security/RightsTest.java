package io.turnwise.app.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Turnwise;
import io.turnwise.app.broker.Topics;
import io.turnwise.app.connect.ConnectionFault;
import io.turnwise.app.play.CallPlayer;
import io.turnwise.app.play.Recording;
import io.turnwise.app.play.Speed;
import io.turnwise.app.run.Cluster;
import io.turnwise.app.tracking.FaultBudget;
import io.turnwise.app.tracking.Tracking;
import io.turnwise.app.tracking.TrackingApplication;
import io.turnwise.app.view.TopicFeed;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.testing.ApicurioProcess;
import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rights of the documentation, no more and no less, on a broker with TLS, SCRAM and Kafka's
 * authorizer, with a registry behind TLS and a password. A call is tracked before the rights are
 * taken away one by one, so that the changelogs hold something to restore; each time the
 * application meets an unusable record and another call.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class RightsTest {
  private static final String APPLICATION = "turnwise";
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final int FEW_CHUNKS = 400;
  private static final String APPLICATION_USER = "tracker";
  private static final String SOURCE_USER = "switchboard";
  private static final String CONSUMER_USER = "reader";
  private static final String ENROLMENT_USER = "enrolment";
  private static final String PASSWORD = "a-password-of-this-test";

  private final List<AutoCloseable> resources = new ArrayList<>();
  private Path folder;
  private Certificates certificates;
  private SecureBroker broker;
  private RegistryGate registry;
  private Admin admin;
  private TurnwiseSettings settings;

  @BeforeAll
  void trackOneCall(@TempDir Path temporary) throws Exception {
    folder = temporary;
    certificates = Certificates.in(folder.resolve("certificates"));
    Path certificate = certificates.issue("server", "CN=server", "ip:127.0.0.1");
    broker =
        keep(
            SecureBroker.sasl(
                folder.resolve("broker"), certificates, certificate, "unused", Map.of()));
    ApicurioProcess apicurio = keep(ApicurioProcess.start());
    registry =
        keep(
            RegistryGate.basic(
                apicurio.registryUrl(), certificates.serverContext("server"), "all", PASSWORD));
    admin = keep(broker.admin());
    settings = TurnwiseSettings.of(Map.of());
    Topics.of(settings, 1).createMissing(admin);
    for (String user : List.of(APPLICATION_USER, SOURCE_USER, CONSUMER_USER, ENROLMENT_USER)) {
      broker.setPassword(user, PASSWORD);
    }
    grant(applicationRights());
    grant(DocumentedRights.of("source of audio", SOURCE_USER));
    grant(DocumentedRights.of("consumer", CONSUMER_USER));
    grant(DocumentedRights.of("enrolment", ENROLMENT_USER));

    play("first", FEW_CHUNKS);
    try (TrackingApplication application = open();
        Tracking tracking = start(application, APPLICATION)) {
      awaitEnd(tracking);
    }
  }

  @AfterAll
  void close() throws Exception {
    for (int i = resources.size() - 1; i >= 0; i--) {
      resources.get(i).close();
    }
  }

  static Stream<AclBinding> applicationRights() throws IOException {
    return DocumentedRights.of("application", APPLICATION_USER).stream();
  }

  static Stream<AclBinding> rightsOnTopicsOfTheSettings() throws IOException {
    return applicationRights()
        .filter(right -> right.pattern().resourceType() == ResourceType.TOPIC)
        .filter(right -> right.pattern().patternType() == PatternType.LITERAL);
  }

  @ParameterizedTest
  @MethodSource("rightsOnTopicsOfTheSettings")
  @Order(1)
  void shouldNotStartWhenATopicMayNotBeSeen(AclBinding right) throws Exception {
    // Given
    revoke(right);
    try {

      // When
      CommandFailed failure =
          assertThrows(
              CommandFailed.class,
              () -> Cluster.check(application(APPLICATION), Topics.of(settings, 1), false));

      // Then
      assertTrue(failure.getMessage().contains(right.pattern().name()), failure.getMessage());
    } finally {
      grant(Stream.of(right));
    }
  }

  @ParameterizedTest
  @MethodSource("applicationRights")
  @Order(2)
  void shouldEndWithASentenceOfTheRightWhenItIsTakenAway(AclBinding right) throws Exception {
    // Given the right is gone, though what it is about is still seen
    AclBinding seen = DocumentedRights.with(right, AclOperation.DESCRIBE);
    // A changelog is created once only, so that this takes an application that has none yet.
    boolean create = right.entry().operation() == AclOperation.CREATE;
    String application = create ? "turnwise-new" : APPLICATION;
    AclBinding group =
        new AclBinding(
            new ResourcePattern(ResourceType.GROUP, application, PatternType.LITERAL),
            DocumentedRights.with(right, AclOperation.READ).entry());
    if (create) {
      grant(Stream.of(group));
    }
    grant(Stream.of(seen));
    revoke(right);
    sendUnusable();
    play("call-" + Math.abs(right.hashCode()), FEW_CHUNKS);
    try (TrackingApplication opened = open()) {

      // When
      Throwable failure;
      try (Tracking tracking = start(opened, application)) {
        failure = awaitFailure(tracking, right);
      }

      // Then
      String sentence =
          ConnectionFault.sentence(failure, application(application)).orElse("none: " + failure);
      assertTrue(sentence.contains("has not the right"), sentence);
      assertTrue(
          sentence.contains(right.pattern().name().replaceAll("-$", "")), right + ": " + sentence);
      assertFalse(sentence.contains(PASSWORD), sentence);
    } finally {
      revoke(seen);
      grant(Stream.of(right));
      if (create) {
        revoke(group);
      }
    }
  }

  @Test
  @Order(3)
  void shouldTrackACallToItsEndWithTheDocumentedRightsAlone() throws Exception {
    // Given
    assertEquals(
        DocumentedRights.of("application", APPLICATION_USER).size(),
        admin.describeAcls(AclBindingFilter.ANY).values().get().stream()
            .filter(right -> right.entry().principal().equals("User:" + APPLICATION_USER))
            .count());
    long unusable = readAsAdministrator("dead-letters", DeadLetter.class).size();
    play("whole", Integer.MAX_VALUE);
    sendUnusable();

    // When
    Cluster.check(application(APPLICATION), Topics.of(settings, 1), false);
    try (TrackingApplication opened = open();
        Tracking tracking = start(opened, APPLICATION)) {
      awaitEnd(tracking);
    }

    // Then
    List<SpeakerChange> changes = read("speaker-changes", SpeakerChange.class);
    assertTrue(changes.stream().anyMatch(change -> change.getCall().equals("first")));
    assertTrue(changes.stream().anyMatch(change -> change.getCall().equals("whole")));
    assertTrue(unusable < readAsAdministrator("dead-letters", DeadLetter.class).size());
  }

  @Test
  @Order(4)
  void shouldLetAConsumerReadInAGroupAndNothingElse() throws Exception {
    // Given
    Map<String, Object> reader = new HashMap<>(client(CONSUMER_USER, "SCRAM-SHA-256"));
    reader.put("group.id", "my-consumer");
    reader.put("isolation.level", "read_committed");
    reader.put("auto.offset.reset", "earliest");

    // When
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(reader, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of("speaker-changes"));
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      ConsumerRecords<String, byte[]> records = ConsumerRecords.empty();
      while (records.isEmpty() && System.nanoTime() < deadline) {
        records = consumer.poll(Duration.ofMillis(200));
      }

      // Then
      assertFalse(records.isEmpty());
      consumer.commitSync();
    }
    CommandFailed failure =
        assertThrows(
            CommandFailed.class,
            () ->
                TopicFeed.open(
                    "speaker-embeddings",
                    SpeakerEmbedding.class,
                    client(CONSUMER_USER, "SCRAM-SHA-256"),
                    true,
                    sentence -> {}));
    assertTrue(failure.getMessage().contains("speaker-embeddings"), failure.getMessage());
  }

  @Test
  @Order(4)
  void shouldLetEnrolmentWriteVoicesAndNothingElse() throws Exception {
    // Given
    Map<String, Object> enrolment = new HashMap<>(client(ENROLMENT_USER, "SCRAM-SHA-512"));
    enrolment.put("acks", "all");
    EnrolledVoice voice =
        EnrolledVoice.newBuilder()
            .setSpeakerId("someone")
            .setVector(List.of(1f, 0f))
            .setModel("a-model")
            .setModelFingerprint("0".repeat(64))
            .setEnrolledAt(Instant.EPOCH)
            .build();
    try (Serde<EnrolledVoice> serde =
            AvroSerdes.forValue(EnrolledVoice.class, client(ENROLMENT_USER, "SCRAM-SHA-512"));
        KafkaProducer<String, EnrolledVoice> producer =
            new KafkaProducer<>(enrolment, new StringSerializer(), serde.serializer())) {

      // When
      long offset =
          producer.send(new ProducerRecord<>("speaker-registry", "someone", voice)).get().offset();

      // Then
      assertTrue(offset >= 0);
      ExecutionException refused =
          assertThrows(
              ExecutionException.class,
              () -> producer.send(new ProducerRecord<>("speaker-changes", "someone", voice)).get());
      assertEquals(TopicAuthorizationException.class, refused.getCause().getClass());
    }
  }

  @Test
  @Order(5)
  void shouldResetWithTheRightsOfTheApplicationAndDelete() throws Exception {
    // Given
    Path config = write("reset.properties", application(APPLICATION));
    AclBinding delete =
        new AclBinding(
            new ResourcePattern(ResourceType.TOPIC, APPLICATION + "-", PatternType.PREFIXED),
            DocumentedRights.with(
                    applicationRights().findFirst().orElseThrow(), AclOperation.DELETE)
                .entry());

    // When, Then without it nothing is done but said
    assertTrue(outcome(1, "reset", "--yes", "--config", config).contains("rights"));
    assertTrue(committed(new TopicPartition("audio-chunks", 0)) > 0);

    // When, Then
    grant(Stream.of(delete));
    try {
      assertTrue(outcome(0, "reset", "--yes", "--config", config).contains("done"));
    } finally {
      revoke(delete);
    }
    assertEquals(0, committed(new TopicPartition("audio-chunks", 0)));
    assertTrue(
        admin.listTopics().names().get().stream().noneMatch(name -> name.endsWith("-changelog")));
  }

  @Test
  @Order(6)
  void shouldCreateTopicsWithTheRightToCreateThemAlone() throws Exception {
    // Given topics of other names, that nobody has rights on yet
    Map<String, String> creator = new HashMap<>(client(SOURCE_USER, "SCRAM-SHA-256"));
    for (String topic :
        List.of("audio.chunks", "speaker.embeddings", "speaker.changes", "speaker.registry")) {
      creator.put("turnwise.topic." + topic, "new-" + topic.replace('.', '-'));
    }
    creator.put("turnwise.topic.dead.letters", "new-dead-letters");
    Path config = write("create.properties", creator);
    AclBinding create =
        new AclBinding(
            new ResourcePattern(ResourceType.TOPIC, "new-", PatternType.PREFIXED),
            new AccessControlEntry(
                "User:" + SOURCE_USER, "*", AclOperation.CREATE, AclPermissionType.ALLOW));

    // When, Then
    outcome(1, "topics", "create", "--partitions", "1", "--config", config);
    grant(Stream.of(create));
    outcome(0, "topics", "create", "--partitions", "1", "--config", config);
    assertEquals(
        5,
        admin.listTopics().names().get().stream().filter(name -> name.startsWith("new-")).count());
    outcome(0, "topics", "create", "--partitions", "1", "--config", config);
  }

  private static String outcome(int expected, Object... arguments) {
    StringWriter said = new StringWriter();
    int exitCode =
        Turnwise.commandLine()
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    assertEquals(expected, exitCode, said::toString);
    assertFalse(said.toString().contains(PASSWORD), said::toString);
    return said.toString();
  }

  private Path write(String name, Map<String, String> settings) throws IOException {
    Properties properties = new Properties();
    properties.putAll(settings);
    Path file = folder.resolve(name);
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
    return file;
  }

  private Map<String, String> application(String id) {
    Map<String, String> application = new HashMap<>(client(APPLICATION_USER, "SCRAM-SHA-512"));
    application.put("application.id", id);
    application.put("state.dir", folder.resolve("state").toString());
    application.put("num.stream.threads", "1");
    return application;
  }

  private Map<String, String> client(String user, String mechanism) {
    Map<String, String> client =
        new HashMap<>(
            SecureBroker.saslClient(
                certificates.authority(),
                mechanism,
                SecureBroker.jaas(SecureBroker.SCRAM, user, PASSWORD)));
    client.put("bootstrap.servers", broker.bootstrapServers());
    client.put("schema.registry.url", registry.url());
    client.put("basic.auth.credentials.source", "USER_INFO");
    client.put("basic.auth.user.info", "all:" + PASSWORD);
    client.put("schema.registry.ssl.truststore.type", "PEM");
    client.put("schema.registry.ssl.truststore.location", certificates.authority().toString());
    return client;
  }

  private TrackingApplication open() {
    Model model = ModelCatalog.of(root()).find(settings.model());
    return TrackingApplication.open(settings, model);
  }

  private Tracking start(TrackingApplication application, String id) {
    return application.start(application(id), FaultBudget.none());
  }

  private void play(String call, int chunks) throws IOException {
    Path sample;
    try (Stream<Path> samples = Files.list(root().resolve("samples"))) {
      sample =
          samples
              .filter(file -> file.toString().endsWith(".wav"))
              .sorted()
              .findFirst()
              .orElseThrow();
    }
    AtomicInteger left = new AtomicInteger(chunks);
    try (CallPlayer player = new CallPlayer("audio-chunks", client(SOURCE_USER, "SCRAM-SHA-256"))) {
      player.play(
          List.of(new Recording(call, 0, WavFile.read(sample))),
          new Speed(Double.POSITIVE_INFINITY),
          Instant.EPOCH,
          () -> left.getAndDecrement() == 0);
    }
  }

  private void sendUnusable() throws Exception {
    Map<String, Object> source = new HashMap<>(client(SOURCE_USER, "SCRAM-SHA-256"));
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(source, new StringSerializer(), new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  "audio-chunks", "unusable", "not Avro".getBytes(StandardCharsets.UTF_8)))
          .get();
    }
  }

  private <T extends SpecificRecord> List<T> read(String topic, Class<T> type) throws Exception {
    return read(topic, type, client(CONSUMER_USER, "SCRAM-SHA-256"));
  }

  private <T extends SpecificRecord> List<T> readAsAdministrator(String topic, Class<T> type)
      throws Exception {
    Map<String, String> administrator = client(CONSUMER_USER, "SCRAM-SHA-256");
    administrator.putAll(broker.adminSettings());
    return read(topic, type, administrator);
  }

  private <T extends SpecificRecord> List<T> read(
      String topic, Class<T> type, Map<String, String> client) throws Exception {
    List<T> records = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic, 0);
    long end = end(partition);
    try (TopicFeed<T> feed = TopicFeed.open(topic, type, client, true, sentence -> {})) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!feed.hasPassed(Map.of(partition, end)) && System.nanoTime() < deadline) {
        records.addAll(feed.poll(Duration.ofMillis(200)));
      }
    }
    return records;
  }

  private void awaitEnd(Tracking tracking) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!everythingIsDone()) {
      assertEquals("Optional.empty", tracking.failure().toString());
      assertTrue(System.nanoTime() < deadline, "the call did not come to its end");
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private Throwable awaitFailure(Tracking tracking, AclBinding right) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (tracking.failure().isEmpty()) {
      assertFalse(everythingIsDone(), "the call came to its end without " + right);
      assertTrue(System.nanoTime() < deadline, "neither an end nor a failure without " + right);
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
    return tracking.failure().get();
  }

  private boolean everythingIsDone() throws Exception {
    TopicPartition audio = new TopicPartition("audio-chunks", 0);
    return committed(audio) >= end(audio);
  }

  private long end(TopicPartition partition) throws Exception {
    return admin
        .listOffsets(Map.of(partition, OffsetSpec.latest()))
        .partitionResult(partition)
        .get()
        .offset();
  }

  private long committed(TopicPartition partition) throws Exception {
    OffsetAndMetadata offset =
        admin
            .listConsumerGroupOffsets(APPLICATION)
            .partitionsToOffsetAndMetadata()
            .get()
            .get(partition);
    return offset == null ? 0 : offset.offset();
  }

  private void grant(Stream<AclBinding> rights) throws Exception {
    grant(rights.toList());
  }

  private void grant(Collection<AclBinding> rights) throws Exception {
    admin.createAcls(rights).all().get();
  }

  private void revoke(AclBinding right) throws Exception {
    admin.deleteAcls(List.of(right.toFilter())).all().get();
  }

  private <T extends AutoCloseable> T keep(T resource) {
    resources.add(resource);
    return resource;
  }

  private static Path root() {
    return Path.of(System.getProperty("turnwise.root", ".."));
  }
}
