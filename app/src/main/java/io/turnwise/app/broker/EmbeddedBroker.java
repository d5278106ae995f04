package io.turnwise.app.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A real Kafka broker inside this JVM: one KRaft node that is broker and controller, reachable from
 * this machine alone, on free ports. Exactly-once works; topics are not created by themselves. Not
 * for production: a fault it cannot survive, such as a full disk, ends the JVM.
 *
 * <p>Thread-safe. Owned by whoever started it; the folder stays the caller's, to keep or to delete
 * after {@link #close()}.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final int NODE = 1;
  private static final String CLUSTER = "turnwise-embedded";
  private static final int ATTEMPTS = 5;

  private final KafkaRaftServer server;
  private final String bootstrapServers;
  private boolean closed;

  private EmbeddedBroker(KafkaRaftServer server, String bootstrapServers) {
    this.server = server;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts a broker that keeps everything in a folder, and returns when it takes requests. A folder
   * that an earlier broker has left is taken up with its topics.
   *
   * @param folder created where it does not exist; its path must not contain a comma
   * @throws IOException if the folder cannot be written or no port is free
   */
  public static EmbeddedBroker start(Path folder) throws IOException {
    return start(folder, Map.of());
  }

  /**
   * The same, with broker settings that win over those chosen here.
   *
   * @param settings Kafka broker settings, by name
   */
  public static EmbeddedBroker start(Path folder, Map<String, String> settings) throws IOException {
    String path = folder.toAbsolutePath().toString();
    if (path.indexOf(',') >= 0) {
      throw new IllegalArgumentException("folder: " + path + " contains a comma");
    }
    Files.createDirectories(folder);
    format(path);
    for (int attempt = 1; ; attempt++) {
      Ports ports = Ports.free();
      Map<String, String> all = new HashMap<>(defaults(path, ports));
      all.putAll(settings);
      KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(all, false), Time.SYSTEM);
      try {
        server.startup();
        return new EmbeddedBroker(server, HOST + ":" + ports.broker());
      } catch (RuntimeException e) {
        server.shutdown();
        if (!portWasTaken(e)) {
          throw e;
        }
        if (attempt == ATTEMPTS) {
          throw new IOException("No free port for the embedded broker on " + HOST, e);
        }
      }
    }
  }

  /** Where clients connect: {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Stops the broker and waits until its threads have ended and its files are closed. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      server.shutdown();
      server.awaitShutdown();
    }
  }

  private static void format(String path) throws IOException {
    try (PrintStream silent = new PrintStream(OutputStream.nullOutputStream())) {
      new Formatter()
          .setNodeId(NODE)
          .setClusterId(CLUSTER)
          .setControllerListenerName("CONTROLLER")
          .addDirectory(path)
          .setMetadataLogDirectory(path)
          .setIgnoreFormatted(true)
          .setPrintStream(silent)
          .run();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new KafkaException("Cannot format " + path + " for the embedded broker", e);
    }
  }

  private static Map<String, String> defaults(String path, Ports ports) {
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", Integer.toString(NODE)),
        Map.entry("controller.quorum.voters", NODE + "@" + HOST + ":" + ports.controller()),
        Map.entry("controller.listener.names", "CONTROLLER"),
        Map.entry("inter.broker.listener.name", "BROKER"),
        Map.entry("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT"),
        Map.entry(
            "listeners",
            "BROKER://"
                + HOST
                + ":"
                + ports.broker()
                + ",CONTROLLER://"
                + HOST
                + ":"
                + ports.controller()),
        Map.entry("log.dirs", path),
        Map.entry("auto.create.topics.enable", "false"),
        Map.entry("default.replication.factor", "1"),
        Map.entry("offsets.topic.replication.factor", "1"),
        Map.entry("share.coordinator.state.topic.replication.factor", "1"),
        Map.entry("share.coordinator.state.topic.min.isr", "1"),
        Map.entry("transaction.state.log.replication.factor", "1"),
        Map.entry("transaction.state.log.min.isr", "1"),
        // What a cluster of many nodes and groups needs and one process only waits for.
        Map.entry("offsets.topic.num.partitions", "1"),
        Map.entry("transaction.state.log.num.partitions", "1"),
        Map.entry("group.initial.rebalance.delay.ms", "0"),
        Map.entry("broker.heartbeat.interval.ms", "500"),
        Map.entry("num.network.threads", "1"),
        Map.entry("num.io.threads", "4"),
        Map.entry("log.cleaner.dedupe.buffer.size", "4194304"));
  }

  private static boolean portWasTaken(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return true;
      }
    }
    return false;
  }

  private record Ports(int broker, int controller) {
    static Ports free() throws IOException {
      InetAddress host = InetAddress.getByName(HOST);
      try (ServerSocket broker = new ServerSocket(0, 1, host);
          ServerSocket controller = new ServerSocket(0, 1, host)) {
        return new Ports(broker.getLocalPort(), controller.getLocalPort());
      }
    }
  }
}
