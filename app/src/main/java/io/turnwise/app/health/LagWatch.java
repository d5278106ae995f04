package io.turnwise.app.health;

import io.turnwise.app.tracking.SteadyTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Asks the cluster how far a consumer group is behind the ends of partitions. One look at a time,
 * each at most {@link #PATIENCE} long. Owned by its creator.
 */
final class LagWatch implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Admin admin;
  private final String group;
  private final SteadyTime time;
  private final Map<TopicPartition, PartitionLag> followed = new HashMap<>();

  /**
   * @param properties those of the Streams client
   * @param time what the looks are apart; nobody's setting of a clock makes anything late
   */
  LagWatch(Map<String, String> properties, SteadyTime time) {
    this.time = time;
    Map<String, Object> admins = new HashMap<>(properties);
    int millis = Math.toIntExact(PATIENCE.toMillis());
    admins.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, millis);
    admins.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    admin = Admin.create(admins);
    group = properties.get(StreamsConfig.APPLICATION_ID_CONFIG);
  }

  /**
   * Looks now.
   *
   * @param reached timestamps of the latest records taken in, NaN for none, of the partitions that
   *     this instance has
   * @throws ExecutionException if the cluster refuses or does not answer
   */
  Lag look(Map<TopicPartition, Double> reached)
      throws ExecutionException, InterruptedException, TimeoutException {
    followed.keySet().retainAll(reached.keySet());
    if (reached.isEmpty()) {
      // Still asked, so that it is known whether anybody answers.
      admin.describeCluster().clusterId().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return Lag.none();
    }
    Map<TopicPartition, Long> next = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin
            .listConsumerGroupOffsets(
                Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(reached.keySet())))
            .partitionsToOffsetAndMetadata(group)
            .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (TopicPartition partition : reached.keySet()) {
      OffsetAndMetadata offset = committed.get(partition);
      if (offset != null) {
        next.put(partition, offset.offset());
      }
      asked.put(partition, OffsetSpec.latest());
    }
    Map<TopicPartition, ListOffsetsResultInfo> ends =
        admin.listOffsets(asked).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    Map<TopicPartition, Long> begins = begins(next, asked);
    long now = time.milliseconds();
    SortedMap<Integer, Lag.Behind> partitions = new TreeMap<>();
    reached.forEach(
        (partition, timestamp) -> {
          PartitionLag lag = followed.computeIfAbsent(partition, key -> new PartitionLag());
          long first = next.getOrDefault(partition, begins.getOrDefault(partition, 0L));
          lag.look(now, ends.get(partition).offset(), first, timestamp);
          partitions.put(partition.partition(), new Lag.Behind(lag.records(), lag.millis()));
        });
    return new Lag(partitions);
  }

  /** Where the partitions begin of which nothing is committed yet. */
  private Map<TopicPartition, Long> begins(
      Map<TopicPartition, Long> committed, Map<TopicPartition, OffsetSpec> all)
      throws ExecutionException, InterruptedException, TimeoutException {
    Map<TopicPartition, OffsetSpec> untouched = new HashMap<>();
    all.keySet().stream()
        .filter(partition -> !committed.containsKey(partition))
        .forEach(partition -> untouched.put(partition, OffsetSpec.earliest()));
    Map<TopicPartition, Long> begins = new HashMap<>();
    if (!untouched.isEmpty()) {
      admin
          .listOffsets(untouched)
          .all()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .forEach((partition, info) -> begins.put(partition, info.offset()));
    }
    return begins;
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
