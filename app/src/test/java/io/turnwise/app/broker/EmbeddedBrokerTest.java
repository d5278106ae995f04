package io.turnwise.app.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {
  private static final TurnwiseSettings SETTINGS = TurnwiseSettings.of(Map.of());

  @TempDir Path folder;

  @Test
  void shouldStartStopAndStartAgainWithItsTopicsAndLeaveNoThreadBehind() throws Exception {
    // Given
    Set<String> threadsBefore = threads();

    for (int start = 0; start < 2; start++) {
      // When
      String address;
      Set<String> created;
      try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
          Admin admin = admin(broker)) {
        address = broker.bootstrapServers();
        created = Topics.of(SETTINGS, 2).createMissing(admin);
        produceInTransaction(broker, "call-" + start);
      }

      // Then
      assertEquals(start == 0 ? 5 : 0, created.size());
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      assertThrows(IOException.class, () -> new Socket("127.0.0.1", port).close());
      Set<String> left = threads();
      left.removeAll(threadsBefore);
      assertEquals(Set.of(), left);
    }
    deleteEverythingIn(folder);
  }

  @Test
  void shouldCreateTopicsThatExpireAndACompactedRegistryAndTouchNoOther() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder);
        Admin admin = admin(broker)) {
      // Given
      NewTopic mine =
          new NewTopic(SETTINGS.speakerChanges(), 1, (short) 1)
              .configs(Map.of("retention.ms", "1234"));
      admin.createTopics(List.of(mine)).all().get();

      // When
      Set<String> created = Topics.of(SETTINGS, 3).createMissing(admin);

      // Then
      assertEquals(
          Set.of("audio-chunks", "speaker-embeddings", "speaker-registry", "dead-letters"),
          created);
      assertEquals("1234", config(admin, "speaker-changes", "retention.ms"));
      assertEquals("compact", config(admin, "speaker-registry", "cleanup.policy"));
      assertEquals("delete", config(admin, "audio-chunks", "cleanup.policy"));
      assertEquals("86400000", config(admin, "speaker-embeddings", "retention.ms"));
      var topics = admin.describeTopics(List.of("audio-chunks", "speaker-changes")).allTopicNames();
      assertEquals(3, topics.get().get("audio-chunks").partitions().size());
      assertEquals(1, topics.get().get("speaker-changes").partitions().size());
      assertEquals(Set.of(), Topics.of(SETTINGS, 3).createMissing(admin));
    }
  }

  private static Admin admin(EmbeddedBroker broker) {
    return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
  }

  private static void produceInTransaction(EmbeddedBroker broker, String key) throws Exception {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "test");
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("audio-chunks", key, "value")).get();
      producer.commitTransaction();
    }
  }

  private static String config(Admin admin, String topic, String name) throws Exception {
    ConfigResource resource = new ConfigResource(Type.TOPIC, topic);
    return admin.describeConfigs(List.of(resource)).all().get().get(resource).get(name).value();
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        // Two daemons of the metrics library, shared by all brokers of a JVM.
        .filter(name -> !name.startsWith("metrics-meter-tick-thread"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void deleteEverythingIn(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        assertTrue(Files.deleteIfExists(path), path.toString());
      }
    }
    Files.createDirectories(folder);
  }
}
