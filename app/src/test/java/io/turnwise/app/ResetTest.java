package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.turnwise.app.broker.EmbeddedBroker;
import io.turnwise.app.broker.Topics;
import io.turnwise.topology.Names;
import io.turnwise.topology.TurnwiseSettings;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code turnwise reset} on a real broker. */
class ResetTest {
  private static final String ID = "turnwise";
  private static final TopicPartition AUDIO = new TopicPartition("audio-chunks", 0);
  private static final Instant START = Instant.now().minus(Duration.ofHours(2));

  @TempDir Path folder;

  private EmbeddedBroker broker;
  private Admin admin;
  private Path config;
  private Path state;

  /** Ten records of audio a minute apart, of which seven are read, and what a run leaves. */
  @BeforeEach
  void anApplicationThatHasStopped() throws Exception {
    broker = EmbeddedBroker.start(folder.resolve("broker"));
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    Topics.of(TurnwiseSettings.of(Map.of()), 1).createMissing(admin);
    List<NewTopic> internal = new ArrayList<>();
    Names.AUDIO_STORES.forEach(
        store -> internal.add(new NewTopic(Names.changelog(ID, store), 1, (short) 1)));
    // Of another application, and of a store nobody knows
    internal.add(new NewTopic("turnwise-two-order-calls-changelog", 1, (short) 1));
    internal.add(new NewTopic("turnwise-order-calls-changelog-copy", 1, (short) 1));
    admin.createTopics(internal).all().get();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < 10; i++) {
        long time = START.plus(Duration.ofMinutes(i)).toEpochMilli();
        producer.send(new ProducerRecord<>("audio-chunks", 0, time, null, new byte[] {1})).get();
      }
    }
    admin.alterConsumerGroupOffsets(ID, Map.of(AUDIO, new OffsetAndMetadata(7))).all().get();
    state = folder.resolve("state").resolve(ID);
    Files.createDirectories(state.resolve("0_0"));
    Files.writeString(state.resolve("kafka-streams-process-metadata"), "{}");
    Files.writeString(state.resolve("0_0/.checkpoint"), "0");
    Files.createDirectories(state.resolveSibling("turnwise-two"));
    config =
        Files.writeString(
            folder.resolve("run.properties"),
            "bootstrap.servers="
                + broker.bootstrapServers()
                + "\nstate.dir="
                + folder.resolve("state")
                + "\n");
  }

  @AfterEach
  void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void shouldSayWhatItWouldDoAndDoNothingWhenItIsADryRun() throws Exception {
    Set<String> before = admin.listTopics().names().get();

    CommandLineRun run = reset("--dry-run");

    assertEquals(0, run.exitCode(), run.err());
    assertEquals(
        List.of(
            "delete the topic   turnwise-order-calls-changelog",
            "delete the topic   turnwise-segment-audio-changelog",
            "delete the topic   turnwise-segment-channels-changelog",
            "delete the topic   turnwise-track-voices-changelog",
            "read on from       audio-chunks-0 at 0, not at 7",
            "delete the folder  " + state,
            "leave alone        turnwise-two-order-calls-changelog, of no store of this release"),
        run.out().lines().toList());
    assertEquals(before, admin.listTopics().names().get());
    assertEquals(7, committed());
    assertTrue(Files.exists(state));
  }

  @Test
  void shouldDeleteWhatIsOfThisApplicationAloneAndHaveNothingToDoAfterwards() throws Exception {
    // When
    CommandLineRun run = reset("--yes");

    // Then
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(
        new TreeSet<>(
            Set.of(
                "__consumer_offsets",
                "audio-chunks",
                "dead-letters",
                "speaker-changes",
                "speaker-embeddings",
                "speaker-registry",
                "turnwise-order-calls-changelog-copy",
                "turnwise-two-order-calls-changelog")),
        new TreeSet<>(admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get()));
    assertEquals(0, committed());
    assertFalse(Files.exists(state));
    assertTrue(Files.exists(state.resolveSibling("turnwise-two")));
    assertEquals(
        10,
        admin
            .listOffsets(Map.of(AUDIO, OffsetSpec.latest()))
            .partitionResult(AUDIO)
            .get()
            .offset());

    CommandLineRun again = reset("--yes");
    assertEquals(0, again.exitCode(), again.err());
    assertTrue(again.out().endsWith("nothing to do for the application turnwise\n"), again.out());
  }

  @Test
  void shouldReadOnWhereItIsTold() throws Exception {
    assertEquals(0, reset("--to-latest", "--yes").exitCode());
    assertEquals(10, committed());

    String time = START.plus(Duration.ofSeconds(150)).toString();
    assertEquals(0, reset("--to-time", time, "--yes").exitCode());
    assertEquals(3, committed());

    assertEquals(0, reset("--to-time", "2100-01-01T00:00:00Z", "--yes").exitCode());
    assertEquals(10, committed());

    assertEquals(0, reset("--keep-offsets", "--yes").exitCode());
    assertEquals(10, committed());

    assertEquals(2, reset("--to-time", "yesterday", "--yes").exitCode());
    assertEquals(2, reset("--to-latest", "--to-earliest", "--yes").exitCode());
  }

  @Test
  void shouldRefuseWhileTheGroupHasAMember() throws Exception {
    // Given
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", ID);
    try (KafkaConsumer<byte[], byte[]> member =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      member.subscribe(List.of("audio-chunks"));
      while (member.assignment().isEmpty()) {
        member.poll(Duration.ofMillis(100));
      }

      // When
      CommandLineRun run = reset("--yes");

      // Then
      assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
      assertTrue(run.err().contains("has 1 members"), run.err());
    }
    assertTrue(Files.exists(state));
  }

  @Test
  void shouldRefuseWhileAnInstanceHoldsTheFolder() throws Exception {
    try (FileChannel channel =
            FileChannel.open(
                state.resolve("kafka-streams-process-metadata"), StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertTrue(lock.isValid());

      CommandLineRun run = reset("--yes");

      assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
      assertTrue(run.err().contains("runs on this machine"), run.err());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "", "../..", "a/b"})
  void shouldDeleteNothingWhenTheIdNamesAFolderThatIsNotItsOwn(String id) {
    CommandLineRun run = reset("--yes", "--application-id", id);

    assertEquals(1, run.exitCode(), run.out());
    assertTrue(run.err().contains("setting application.id"), run.err());
    assertTrue(Files.exists(state));
    assertTrue(Files.exists(config));
  }

  @Test
  void shouldRefuseWhenNobodyCanBeAsked() {
    assumeTrue(System.console() == null, "a terminal");

    CommandLineRun run = reset();

    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("--yes"), run.err());
    assertTrue(Files.exists(state));
  }

  private long committed() throws Exception {
    return admin
        .listConsumerGroupOffsets(ID)
        .partitionsToOffsetAndMetadata()
        .get()
        .get(AUDIO)
        .offset();
  }

  private CommandLineRun reset(String... options) {
    List<String> command = new ArrayList<>(List.of("reset", "--config", config.toString()));
    command.addAll(List.of(options));
    return CommandLineRun.of(command.toArray());
  }
}
