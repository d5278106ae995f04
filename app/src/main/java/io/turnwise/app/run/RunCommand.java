package io.turnwise.app.run;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.StopSignal;
import io.turnwise.app.broker.Topics;
import io.turnwise.inference.model.Model;
import io.turnwise.topology.TurnwiseSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the topology against a real cluster. */
@Command(
    name = "run",
    description = {
      "Tracks the speakers of all calls on a Kafka cluster, until stopped.",
      "",
      "Reads audio-chunks and speaker-registry, writes speaker-changes, speaker-embeddings and"
          + " dead-letters. Every setting of the file is passed to Kafka's clients and to Confluent's"
          + " serializers, security included; values may be references such as ${env:PASSWORD} or"
          + " ${file:/run/secrets/kafka:password}. Creates no topic unless asked to."
    },
    footer = {
      "  turnwise run --config turnwise.properties",
      "  turnwise run --bootstrap-server localhost:9092 --registry http://localhost:8081 \\",
      "      --create-topics --partitions 12",
      "",
      "A properties file:",
      "  bootstrap.servers=broker-1:9093",
      "  schema.registry.url=https://registry:8081",
      "  security.protocol=SASL_SSL",
      "  sasl.mechanism=SCRAM-SHA-512",
      "  sasl.jaas.config=${file:/run/secrets/kafka.properties:jaas}",
      "  turnwise.model=turnwise-starter"
    })
public final class RunCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(RunCommand.class);
  private static final int FAULTS = 10;
  private static final Duration FAULT_WINDOW = Duration.ofMinutes(10);
  private static final long LOOK_MILLIS = 500;

  @Mixin private Connection connection;

  @Option(
      names = "--create-topics",
      description = "Create the topics that do not exist; change nothing about those that do.")
  private boolean createTopics;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "12",
      description = "Partitions of topics that are created (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Option(
      names = "--replication",
      paramLabel = "N",
      description = "Copies of topics that are created (default: the cluster's own).")
  private Optional<Short> replication;

  @Override
  public Integer call() {
    Map<String, String> properties = connection.settings();
    TurnwiseSettings settings = TurnwiseSettings.of(properties);
    Model model = Installation.models().find(settings.model());
    Topics topics = new Topics(settings, partitions, replication, Topics.RETENTION);
    try (StopSignal stop = StopSignal.listen();
        TrackingApplication application = TrackingApplication.open(settings, model)) {
      Cluster.check(properties, topics, createTopics)
          .forEach(topic -> log.info("created the topic {}", topic));
      log.info(
          "model {} sha256 {}, gate {}, hop {} ms",
          model.name(),
          model.fingerprint(),
          settings.gate(),
          settings.hopMillis());
      try (Tracking tracking =
          application.start(properties, new FaultBudget(FAULTS, FAULT_WINDOW))) {
        while (!stop.await(LOOK_MILLIS)) {
          if (tracking.failure().isPresent()) {
            Throwable fault = tracking.failure().get();
            throw new CommandFailed(
                "The application has ended after too many faults, the last: " + fault, fault);
          }
        }
        log.info("stopping");
      }
    }
    log.info("stopped");
    return 0;
  }
}
