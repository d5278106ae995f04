package io.turnwise.app.preflight;

import io.turnwise.topology.Names;
import io.turnwise.topology.StreamsDefaults;
import io.turnwise.topology.TurnwiseSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What a run needs of a cluster.
 *
 * @param settings names of the topics
 * @param properties Kafka's settings, as the file has them
 * @param audio whether it tracks from audio, or else from embeddings
 * @param outage how long an outage may last without loss
 */
public record Needs(
    TurnwiseSettings settings, Map<String, String> properties, boolean audio, Duration outage) {
  /** How long an outage may last where nobody says. */
  public static final Duration OUTAGE = Duration.ofHours(4);

  private static final int MAX_REQUEST_BYTES = 1_048_576;
  private static final int TRANSACTION_MILLIS = 10_000;

  public Needs {
    properties = Map.copyOf(properties);
    if (outage.isNegative() || outage.isZero()) {
      throw new IllegalArgumentException("outage: " + outage + " is not positive");
    }
  }

  /** Kafka Streams' own: of the group, the transactions and the changelogs. */
  public String applicationId() {
    return streams().getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
  }

  String input() {
    return audio ? settings.audioChunks() : settings.speakerEmbeddings();
  }

  /** The topics by name, with what each is for. */
  Map<String, Role> topics() {
    Map<String, Role> topics = new LinkedHashMap<>();
    topics.put(input(), Role.INPUT);
    topics.put(settings.speakerRegistry(), Role.VOICES);
    if (audio) {
      topics.put(settings.speakerEmbeddings(), Role.OUTPUT);
    }
    topics.put(settings.speakerChanges(), Role.OUTPUT);
    topics.put(settings.deadLetters(), Role.OUTPUT);
    for (String store : audio ? Names.AUDIO_STORES : Names.EMBEDDINGS_STORES) {
      topics.put(Names.changelog(applicationId(), store), Role.CHANGELOG);
    }
    return topics;
  }

  /** Name of the changelog that holds each chunk as it came. */
  String audioChangelog() {
    return Names.changelog(applicationId(), Names.SEGMENT_AUDIO);
  }

  int threads() {
    return number(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
  }

  int standbys() {
    return number(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, 0);
  }

  /** Copies of the changelogs that are yet to be created; -1 is the cluster's default. */
  int changelogReplication() {
    return number(StreamsConfig.REPLICATION_FACTOR_CONFIG, -1);
  }

  /** Largest record that the application can write, in bytes. */
  int maxRequestBytes() {
    return number(
        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
        number(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES));
  }

  /** What the changelogs that are yet to be created will take, in bytes. */
  int changelogMessageBytes(int clusterDefault) {
    return number(StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG), clusterDefault);
  }

  /** What the changelogs that are yet to be created are to be created with. */
  Map<String, String> changelogSettings() {
    Map<String, String> own = new HashMap<>();
    streams()
        .forEach(
            (key, value) -> {
              if (key.toString().startsWith(StreamsConfig.TOPIC_PREFIX)) {
                own.put(
                    key.toString().substring(StreamsConfig.TOPIC_PREFIX.length()),
                    value.toString());
              }
            });
    return own;
  }

  int transactionMillis() {
    return number(
        StreamsConfig.producerPrefix(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
        number(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS));
  }

  Properties streams() {
    return StreamsDefaults.over(properties);
  }

  private int number(String key, int otherwise) {
    Object value = streams().get(key);
    return value == null ? otherwise : Integer.parseInt(value.toString().strip());
  }
}
