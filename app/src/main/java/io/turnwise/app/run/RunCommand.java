package io.turnwise.app.run;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.StopSignal;
import io.turnwise.app.broker.Topics;
import io.turnwise.app.connect.Connection;
import io.turnwise.app.connect.ConnectionFault;
import io.turnwise.app.health.Management;
import io.turnwise.app.preflight.Finding;
import io.turnwise.app.preflight.Needs;
import io.turnwise.app.preflight.Preflight;
import io.turnwise.app.preflight.SettingsRules;
import io.turnwise.app.tracking.FaultBudget;
import io.turnwise.app.tracking.Tracking;
import io.turnwise.app.tracking.TrackingApplication;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.serdes.Contract;
import io.turnwise.topology.StreamsDefaults;
import io.turnwise.topology.TurnwiseSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.StreamsConfig;
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
          + " ${file:/run/secrets/kafka:password}. Creates no topic unless asked to.",
      "",
      "With --from embeddings it reads speaker-embeddings in place of the audio, from the beginning,"
          + " and runs the tracker alone: to replay, to tune, or for embeddings computed elsewhere."
          + " No model is opened; turnwise.model, hop and gate have no part in it. The threshold is"
          + " turnwise.threshold or else that of the manifest's model with the embedding's"
          + " fingerprint; without either the embedding is a dead letter."
    },
    footer = {
      "  turnwise run --config turnwise.properties",
      "  turnwise run --bootstrap-server localhost:9092 --registry http://localhost:8081 \\",
      "      --create-topics --partitions 12",
      "  turnwise run --config replay.properties --from embeddings",
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
  private static final long LOOK_MILLIS = 500;

  /** After the stop's own time, for what is left to be closed. */
  private static final Duration REST = Duration.ofSeconds(3);

  /** A supervisor's start-up probe is to be more patient than that. */
  private static final Duration REGISTRY_PATIENCE = Duration.ofMinutes(2);

  @Mixin private Connection connection;

  @Option(
      names = "--from",
      paramLabel = "WHAT",
      defaultValue = "audio",
      converter = Input.Converter.class,
      description = "audio, or embeddings: the tracker alone (default: ${DEFAULT-VALUE}).")
  private Input input;

  @Option(
      names = "--application-id",
      paramLabel = "ID",
      description =
          "Kafka Streams' application.id (default: the file's, else turnwise; from embeddings a"
              + " fresh one that begins so, whose changelogs are deleted at the end). Name one to"
              + " go on from embeddings where the last run has stopped.")
  private Optional<String> applicationId;

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
    Map<String, String> given = new HashMap<>(connection.settings());
    applicationId.ifPresent(id -> given.put(StreamsConfig.APPLICATION_ID_CONFIG, id));
    SettingsRules.require(given).stream()
        .filter(finding -> finding.state() == Finding.State.WARNING)
        .forEach(finding -> log.warn("{}: {}", finding.subject(), finding.sentence()));
    TurnwiseSettings settings = TurnwiseSettings.of(given);
    ApplicationId id =
        ApplicationId.of(applicationId, input, StreamsDefaults.over(given), Instant.now());
    Map<String, String> properties = id.in(given);
    Duration stopTimeout = Duration.ofMillis(settings.stopTimeoutMillis());
    try (StopSignal stop = StopSignal.listen(stopTimeout.plus(REST));
        Management management = Management.open(settings, stop::requested);
        TrackingApplication application = open(settings)) {
      Topics topics =
          new Topics(settings, partitions, replication, Topics.RETENTION, input == Input.AUDIO);
      Cluster.check(properties, topics, createTopics)
          .forEach(topic -> log.info("created the topic {}", topic));
      refuseWhatWillNotDo(new Needs(settings, properties, input == Input.AUDIO, Needs.OUTAGE));
      outputs(settings, properties).await(stop::requested);
      try {
        track(application, properties, settings, management, stop);
      } finally {
        if (id.fresh()) {
          Cluster.deleteChangelogs(properties, id.value())
              .forEach(topic -> log.info("deleted the topic {}", topic));
        }
      }
    }
    log.info("stopped");
    return 0;
  }

  private static void refuseWhatWillNotDo(Needs needs) {
    List<Finding> fatal = Preflight.fatal(needs);
    if (!fatal.isEmpty()) {
      throw new CommandFailed(
          fatal.stream()
                  .map(finding -> finding.subject() + ": " + finding.sentence())
                  .collect(Collectors.joining(". "))
              + ". All that is amiss: turnwise check.");
    }
  }

  private OutputSchemas outputs(TurnwiseSettings settings, Map<String, String> properties) {
    OutputSchemas outputs =
        new OutputSchemas(properties, REGISTRY_PATIENCE)
            .with(Contract.SPEAKER_CHANGES, settings.speakerChanges())
            .with(Contract.DEAD_LETTERS, settings.deadLetters());
    return switch (input) {
      case AUDIO -> outputs.with(Contract.SPEAKER_EMBEDDINGS, settings.speakerEmbeddings());
      case EMBEDDINGS -> outputs;
    };
  }

  private TrackingApplication open(TurnwiseSettings settings) {
    return switch (input) {
      case AUDIO -> fromAudio(settings);
      case EMBEDDINGS -> fromEmbeddings(settings);
    };
  }

  private static TrackingApplication fromAudio(TurnwiseSettings settings) {
    Model model = Installation.models().find(settings.model());
    TrackingApplication application = TrackingApplication.open(settings, model);
    log.info(
        "model {} sha256 {}, gate {}, hop {} ms",
        model.name(),
        model.fingerprint(),
        settings.gate(),
        settings.hopMillis());
    return application;
  }

  private static TrackingApplication fromEmbeddings(TurnwiseSettings settings) {
    SortedMap<String, VoiceSpace> spaces = Installation.models().spaces();
    if (spaces.isEmpty() && settings.threshold().isEmpty()) {
      throw new CommandFailed(
          "No model is known, as there is no manifest in "
              + Installation.models().folders()
              + ", and so no threshold; set turnwise.threshold.");
    }
    log.info(
        "from embeddings, threshold {}",
        settings.threshold().isPresent()
            ? settings.threshold().getAsDouble()
            : "of each embedding's model, " + spaces.size() + " known");
    return TrackingApplication.fromEmbeddings(settings, spaces);
  }

  private void track(
      TrackingApplication application,
      Map<String, String> properties,
      TurnwiseSettings settings,
      Management management,
      StopSignal stop) {
    if (stop.requested()) {
      return;
    }
    log.info("application {}", properties.get(StreamsConfig.APPLICATION_ID_CONFIG));
    FaultBudget faults =
        new FaultBudget(settings.faults(), Duration.ofMillis(settings.faultsWindowMillis()));
    try (Tracking tracking = application.start(properties, faults)) {
      management.watch(
          tracking,
          properties,
          input == Input.AUDIO ? settings.audioChunks() : settings.speakerEmbeddings());
      while (!stop.await(LOOK_MILLIS)) {
        if (tracking.failure().isPresent()) {
          Throwable fault = tracking.failure().get();
          throw new CommandFailed(
              "The application has ended after too many faults, the last: "
                  + ConnectionFault.sentence(fault, properties).orElseGet(fault::toString),
              fault);
        }
      }
      log.info("stopping");
    } catch (KafkaException e) {
      throw ConnectionFault.asCommandFailed(e, properties);
    }
  }
}
