package io.turnwise.app.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * Three Kafka brokers, each in a JVM and on a host of its own, each a controller too: replication
 * factor 3, at least 2 in sync. Not thread-safe but for {@link #admin()}.
 */
final class BrokerCluster implements AutoCloseable {
  static final int BROKERS = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int HEAP_MEGABYTES = 192;
  private static final String CLUSTER = "turnwise-faults-cluste";

  private final Children children;
  private final JavaProgram java;
  private final Path folder;
  private final Path logs;
  private final List<Host> hosts = new ArrayList<>();
  private final List<Integer> brokerPorts = new ArrayList<>();
  private final List<Integer> controllerPorts = new ArrayList<>();
  private final Map<Integer, Child> running = new TreeMap<>();
  private Admin admin;

  private BrokerCluster(
      Children children, JavaProgram java, Hosts network, Path folder, Path logs) {
    this.children = children;
    this.java = java;
    this.folder = folder;
    this.logs = logs;
    for (int id = 0; id < BROKERS; id++) {
      Host host = network.add();
      hosts.add(host);
      brokerPorts.add(host.freePort());
      controllerPorts.add(host.freePort());
    }
  }

  /**
   * Starts the brokers and waits until all three are there.
   *
   * @param folder their data
   * @param logs what they print
   */
  static BrokerCluster start(
      Children children, JavaProgram java, Hosts network, Path folder, Path logs) {
    BrokerCluster cluster = new BrokerCluster(children, java, network, folder, logs);
    for (int id = 0; id < BROKERS; id++) {
      cluster.format(id);
      cluster.startBroker(id);
    }
    cluster.admin =
        Admin.create(
            Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                cluster.bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                "3000",
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                "20000",
                AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
                "1000"));
    try {
      cluster.awaitWhole(PATIENCE);
    } catch (RuntimeException e) {
      cluster.admin.close(Duration.ZERO);
      throw e;
    }
    return cluster;
  }

  String bootstrapServers() {
    List<String> servers = new ArrayList<>();
    for (int id = 0; id < BROKERS; id++) {
      servers.add(hosts.get(id).address() + ":" + brokerPorts.get(id));
    }
    return String.join(",", servers);
  }

  Admin admin() {
    return admin;
  }

  Host host(int id) {
    return hosts.get(id);
  }

  /** The broker that leads the metadata quorum. */
  int controller() {
    return get(admin.describeMetadataQuorum().quorumInfo().thenApply(info -> info.leaderId()));
  }

  /** The broker that leads a partition. */
  int leaderOf(TopicPartition partition) {
    TopicDescription description =
        get(admin.describeTopics(List.of(partition.topic())).allTopicNames())
            .get(partition.topic());
    return description.partitions().get(partition.partition()).leader().id();
  }

  /** kill -9. */
  void kill(int id) {
    running.get(id).kill();
  }

  /** Starts a broker again that was killed. */
  void restart(int id) {
    startBroker(id);
  }

  /** Starts those that have ended, and waits until every replica of every partition is in sync. */
  void awaitWhole(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    String missing = "nothing was asked yet";
    while (System.nanoTime() < deadline) {
      for (int id = 0; id < BROKERS; id++) {
        if (!running.get(id).alive()) {
          startBroker(id);
        }
      }
      try {
        missing = missing();
        if (missing.isEmpty()) {
          return;
        }
      } catch (IllegalStateException e) {
        missing = e.getMessage();
      }
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
    throw new IllegalStateException(
        "the brokers are not whole within "
            + patience.toSeconds()
            + " s: "
            + missing
            + "; see their logs in "
            + logs);
  }

  private String missing() {
    int nodes = get(admin.describeCluster().nodes()).size();
    if (nodes < BROKERS) {
      return nodes + " of " + BROKERS + " brokers are registered";
    }
    var names = get(admin.listTopics().names());
    List<String> behind = new ArrayList<>();
    for (TopicDescription topic : get(admin.describeTopics(names).allTopicNames()).values()) {
      for (TopicPartitionInfo partition : topic.partitions()) {
        if (partition.isr().size() < partition.replicas().size() || partition.leader() == null) {
          behind.add(topic.name() + "-" + partition.partition());
        }
      }
    }
    return behind.isEmpty() ? "" : "not in sync: " + behind;
  }

  private static <T> T get(org.apache.kafka.common.KafkaFuture<T> answer) {
    try {
      return answer.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the cluster does not answer: " + e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("the cluster does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void startBroker(int id) {
    running.put(
        id,
        children.start(
            "broker-" + id,
            hosts
                .get(id)
                .command(
                    java.command(
                        "kafka.Kafka",
                        HEAP_MEGABYTES,
                        List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"),
                        List.of(settingsFile(id).toString()))),
            Map.of(),
            logs.resolve("broker-" + id + ".log")));
  }

  private Path settingsFile(int id) {
    return folder.resolve("broker-" + id + ".properties");
  }

  private void format(int id) {
    Path data = folder.resolve("broker-" + id);
    try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream())) {
      Files.createDirectories(data);
      String text =
          settings(id, data).entrySet().stream()
              .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
              .sorted()
              .collect(Collectors.joining());
      Files.writeString(settingsFile(id), text);
      new Formatter()
          .setNodeId(id)
          .setClusterId(CLUSTER)
          .setControllerListenerName("CONTROLLER")
          .addDirectory(data.toString())
          .setMetadataLogDirectory(data.toString())
          .setIgnoreFormatted(true)
          .setPrintStream(silent)
          .run();
    } catch (IOException e) {
      throw new UncheckedIOException(data + " cannot be written: " + e.getMessage(), e);
    } catch (Exception e) {
      throw new IllegalStateException(data + " cannot be formatted: " + e.getMessage(), e);
    }
  }

  private Map<String, String> settings(int id, Path data) {
    List<String> voters = new ArrayList<>();
    for (int voter = 0; voter < BROKERS; voter++) {
      voters.add(voter + "@" + hosts.get(voter).address() + ":" + controllerPorts.get(voter));
    }
    String address = hosts.get(id).address();
    Map<String, String> settings = new HashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(id));
    settings.put("controller.quorum.voters", String.join(",", voters));
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "BROKER");
    settings.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put(
        "listeners",
        "BROKER://"
            + address
            + ":"
            + brokerPorts.get(id)
            + ",CONTROLLER://"
            + address
            + ":"
            + controllerPorts.get(id));
    settings.put("log.dirs", data.toString());
    settings.put("auto.create.topics.enable", "false");
    for (String copies :
        List.of(
            "default.replication.factor",
            "offsets.topic.replication.factor",
            "share.coordinator.state.topic.replication.factor",
            "transaction.state.log.replication.factor")) {
      settings.put(copies, "3");
    }
    for (String least :
        List.of(
            "min.insync.replicas",
            "share.coordinator.state.topic.min.isr",
            "transaction.state.log.min.isr")) {
      settings.put(least, "2");
    }
    settings.put("unclean.leader.election.enable", "false");
    settings.put("offsets.topic.num.partitions", "3");
    settings.put("transaction.state.log.num.partitions", "3");
    settings.put("group.initial.rebalance.delay.ms", "500");
    // How fast a broker's death is noticed.
    settings.put("broker.session.timeout.ms", "1500");
    settings.put("broker.heartbeat.interval.ms", "300");
    settings.put("controller.quorum.election.timeout.ms", "300");
    settings.put("controller.quorum.fetch.timeout.ms", "800");
    settings.put("controller.quorum.election.backoff.max.ms", "500");
    settings.put("controller.quorum.request.timeout.ms", "1000");
    // How fast the transaction of a dead instance is given up, after its own timeout.
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500");
    settings.put("num.network.threads", "1");
    settings.put("num.io.threads", "4");
    settings.put("num.recovery.threads.per.data.dir", "2");
    settings.put("log.cleaner.dedupe.buffer.size", "4194304");
    // Indexes are mapped and preallocated: at 10 MB each, hundreds of partitions would fill a disk.
    settings.put("log.index.size.max.bytes", "262144");
    settings.put("file.delete.delay.ms", "1000");
    return settings;
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
    running.values().forEach(Child::kill);
  }
}
