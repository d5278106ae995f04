package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.broker.EmbeddedBroker;
import io.turnwise.app.broker.Topics;
import io.turnwise.testing.Shared;
import io.turnwise.topology.TurnwiseSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicsTest {
  @TempDir Path folder;

  @Test
  void shouldCreateWhatIsMissingAndTellHowTheRestDiffers() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      // Given one topic that is not as it should be
      NewTopic odd = new NewTopic("speaker-changes", 3, (short) 1);
      admin.createTopics(List.of(odd.configs(Map.of("retention.ms", "1000")))).all().get();
      String[] command = {
        "topics", "create", "--bootstrap-server", broker.bootstrapServers(), "--partitions", "2"
      };

      // When / Then: nothing but words
      CommandLineRun dry = CommandLineRun.of((Object[]) with(command, "--dry-run"));
      assertEquals(0, dry.exitCode(), dry.err());
      assertTrue(dry.out().contains("missing  audio-chunks: 2 partitions"), dry.out());
      assertEquals(Set.of("speaker-changes"), admin.listTopics().names().get());

      // When / Then: created, and the other left
      CommandLineRun run = CommandLineRun.of((Object[]) command);
      assertEquals(0, run.exitCode(), run.err());
      assertTrue(run.out().contains("created  speaker-registry: 1 partitions"), run.out());
      assertTrue(
          run.out()
              .contains(
                  "exists   speaker-changes: 3 partitions instead of 2, retention.ms=1000 instead"
                      + " of 86400000, segment.ms=604800000 instead of 3600000; left as it is"),
          run.out());
      assertEquals(
          3,
          admin
              .describeTopics(List.of("speaker-changes"))
              .allTopicNames()
              .get()
              .get("speaker-changes")
              .partitions()
              .size());

      // When / Then: again, nothing to do
      CommandLineRun again = CommandLineRun.of((Object[]) command);
      assertTrue(again.out().contains("exists   audio-chunks\n"), again.out());
      assertEquals(0, again.out().lines().filter(line -> line.startsWith("created")).count());
    }
  }

  @Test
  void shouldRefuseNoPartitions() {
    CommandLineRun run =
        CommandLineRun.of("topics", "create", "--bootstrap-server", "a:1", "--partitions", 0);

    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
  }

  @Test
  void shouldCreateTheSameAsTheScript() throws Exception {
    // Given Kafka's script replaced by one that says what it was asked for
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path asked = folder.resolve("asked");
    Path script =
        Files.writeString(
            bin.resolve("kafka-topics.sh"), "#!/bin/bash\necho \"$@\" >> \"" + asked + "\"\n");
    assertTrue(script.toFile().setExecutable(true));

    // When
    ProcessBuilder create =
        new ProcessBuilder(Shared.projectRoot().resolve("docker/create-topics.sh").toString());
    create
        .environment()
        .putAll(
            Map.of(
                "BOOTSTRAP_SERVERS",
                "broker:9092",
                "KAFKA_BIN",
                bin.toString(),
                "PARTITIONS",
                "7",
                "REPLICATION",
                "2"));
    Process process = create.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);

    // Then
    Set<String> created = new TreeSet<>();
    for (String line : Files.readAllLines(asked)) {
      created.add(normal(line));
    }
    Topics topics =
        new Topics(
            TurnwiseSettings.of(Map.of()), 7, Optional.of((short) 2), Duration.ofDays(1), true);
    assertEquals(
        topics.all().stream()
            .map(TopicsTest::asked)
            .map(TopicsTest::normal)
            .collect(Collectors.toCollection(TreeSet::new)),
        created);
  }

  private static String asked(NewTopic topic) {
    StringBuilder line = new StringBuilder("--bootstrap-server broker:9092 --create");
    line.append(" --if-not-exists --topic ").append(topic.name());
    line.append(" --partitions ").append(topic.numPartitions());
    line.append(" --replication-factor ").append(topic.replicationFactor());
    new TreeMap<>(topic.configs())
        .forEach((key, value) -> line.append(" --config ").append(key).append('=').append(value));
    return line.toString();
  }

  /** With the settings in the order of their names. */
  private static String normal(String line) {
    String[] parts = line.split(" --config ");
    return parts[0] + " " + new TreeSet<>(List.of(parts).subList(1, parts.length));
  }

  private static String[] with(String[] command, String option) {
    String[] more = Arrays.copyOf(command, command.length + 1);
    more[command.length] = option;
    return more;
  }
}
