package io.turnwise.app.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads the outputs of a run as they are committed, on a thread of its own, and notes when each was
 * seen. Its consumer gives up on a broker that does not answer after 3 s: the outputs are measured,
 * not the reader. Thread-safe.
 */
final class OutputWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);

  private final List<Output> outputs = new ArrayList<>();
  private final Map<TopicPartition, Long> positions = new HashMap<>();
  private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
  private final Thread thread;
  private volatile boolean closed;

  private OutputWatch(Map<String, Output.Kind> topics, int partitions, String bootstrapServers) {
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            settings(bootstrapServers), new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> assigned = new ArrayList<>();
    topics
        .keySet()
        .forEach(
            topic -> {
              for (int partition = 0; partition < partitions; partition++) {
                assigned.add(new TopicPartition(topic, partition));
              }
            });
    consumer.assign(assigned);
    consumer.seekToBeginning(assigned);
    thread = new Thread(() -> read(consumer, topics, assigned), "faults-outputs");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Watches topics from their beginning.
   *
   * @param topics which output each topic has
   * @param partitions of each topic
   */
  static OutputWatch open(
      Map<String, Output.Kind> topics, int partitions, String bootstrapServers) {
    return new OutputWatch(topics, partitions, bootstrapServers);
  }

  private static Map<String, Object> settings(String bootstrapServers) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "3000");
    settings.put(ConsumerConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, "1000");
    settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, "1000");
    settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "200");
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "100");
    return settings;
  }

  private void read(
      KafkaConsumer<String, byte[]> consumer,
      Map<String, Output.Kind> topics,
      List<TopicPartition> assigned) {
    try (consumer) {
      while (!closed) {
        try {
          List<Output> seen = new ArrayList<>();
          for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
            seen.add(
                new Output(
                    topics.get(record.topic()), record.key(), record.value(), System.nanoTime()));
          }
          synchronized (outputs) {
            outputs.addAll(seen);
          }
          for (TopicPartition partition : assigned) {
            long position = consumer.position(partition, POLL);
            synchronized (outputs) {
              positions.put(partition, position);
            }
          }
        } catch (RetriableException e) {
          // A broker is away, which is what campaigns are about; the outputs come when it is back.
          continue;
        }
      }
    } catch (RuntimeException e) {
      failure.set(e);
    }
  }

  /** All outputs so far, those of each partition in their order. */
  List<Output> outputs() {
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("the outputs cannot be read: " + failed.getMessage(), failed);
    }
    synchronized (outputs) {
      return List.copyOf(outputs);
    }
  }

  /** Whether everything before these offsets has been seen. */
  boolean hasPassed(Map<TopicPartition, Long> ends) {
    synchronized (outputs) {
      return ends.entrySet().stream()
          .allMatch(end -> positions.getOrDefault(end.getKey(), -1L) >= end.getValue());
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
