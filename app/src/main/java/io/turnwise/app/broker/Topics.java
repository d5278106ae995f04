package io.turnwise.app.broker;

import io.turnwise.topology.TurnwiseSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * The topics the topology reads and writes, as they should be created. Immutable.
 *
 * @param settings names of the topics
 * @param partitions partitions of each, 1 or more; those of the audio bound how many threads work
 * @param replication copies of each; empty for the cluster's default
 * @param retention how long audio, embeddings, changes and dead letters are kept; enrolled voices
 *     stay until they are removed
 * @param audio whether the topic of the audio is one of them
 */
public record Topics(
    TurnwiseSettings settings,
    int partitions,
    Optional<Short> replication,
    Duration retention,
    boolean audio) {
  /** A day: long enough to replay a shift, short enough for voice data. */
  public static final Duration RETENTION = Duration.ofDays(1);

  public Topics {
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions: " + partitions + " is less than 1");
    }
    if (retention.isNegative() || retention.isZero()) {
      throw new IllegalArgumentException("retention: " + retention + " is not positive");
    }
  }

  /** The topics with the cluster's default replication, kept for {@link #RETENTION}. */
  public static Topics of(TurnwiseSettings settings, int partitions) {
    return new Topics(settings, partitions, Optional.empty(), RETENTION, true);
  }

  /**
   * Creates those that do not exist, and changes nothing about those that do.
   *
   * @return the names of the topics that were created
   * @throws KafkaException if the cluster refuses one, naming it, or cannot be reached
   */
  public Set<String> createMissing(Admin admin) {
    Map<String, NewTopic> missing = new LinkedHashMap<>();
    all().forEach(topic -> missing.put(topic.name(), topic));
    try {
      missing.keySet().removeAll(admin.listTopics().names().get());
      var created = admin.createTopics(missing.values()).values();
      for (String name : List.copyOf(missing.keySet())) {
        try {
          created.get(name).get();
        } catch (ExecutionException e) {
          if (!(e.getCause() instanceof TopicExistsException)) {
            throw new KafkaException(
                "Cannot create the topic " + name + ": " + e.getCause().getMessage(), e.getCause());
          }
          missing.remove(name);
        }
      }
      return Set.copyOf(missing.keySet());
    } catch (ExecutionException e) {
      throw new KafkaException(
          "Cannot list the cluster's topics: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("Interrupted while creating topics", e);
    }
  }

  /** The topics that a newcomer's cluster lacks, with their configuration. */
  public List<NewTopic> all() {
    Map<String, String> expiring =
        Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()),
            // The active segment never expires: without this, quiet topics would keep voices.
            TopicConfig.SEGMENT_MS_CONFIG,
                Long.toString(Math.min(retention.toMillis(), Duration.ofHours(1).toMillis())));
    // An erased voice must really go: tombstones only work once a segment is closed and compacted.
    // A record without a timestamp would end the global thread, which nothing replaces: the broker
    // gives each one.
    Map<String, String> compacted =
        Map.of(
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            "LogAppendTime",
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.SEGMENT_MS_CONFIG,
            Long.toString(Duration.ofHours(1).toMillis()),
            TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG,
            Long.toString(Duration.ofDays(1).toMillis()),
            TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG,
            "0.01",
            TopicConfig.DELETE_RETENTION_MS_CONFIG,
            Long.toString(Duration.ofDays(1).toMillis()));
    List<NewTopic> topics = new ArrayList<>();
    if (audio) {
      topics.add(topic(settings.audioChunks(), partitions, expiring));
    }
    topics.add(topic(settings.speakerEmbeddings(), partitions, expiring));
    topics.add(topic(settings.speakerChanges(), partitions, expiring));
    topics.add(topic(settings.deadLetters(), partitions, expiring));
    // A segment is closed by the next record only: with one partition any record will do.
    topics.add(topic(settings.speakerRegistry(), 1, compacted));
    return topics;
  }

  private NewTopic topic(String name, int count, Map<String, String> configs) {
    return new NewTopic(name, Optional.of(count), replication).configs(configs);
  }
}
