package io.turnwise.app.faults;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Whether the audio topic holds what was sent: a source that sends a chunk twice or in another
 * order asks the application for something else.
 */
final class ArrivedAudio {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ArrivedAudio() {}

  /** How the topic differs from what was sent; empty where it does not. */
  static Optional<String> difference(Calls calls, String topic, String bootstrapServers) {
    Map<String, List<ByteBuffer>> sent = new TreeMap<>();
    for (Calls.Sent chunk : calls.chunks()) {
      sent.computeIfAbsent(chunk.key(), key -> new ArrayList<>())
          .add(ByteBuffer.wrap(chunk.value()));
    }
    Map<String, List<ByteBuffer>> arrived = read(topic, bootstrapServers);
    for (Map.Entry<String, List<ByteBuffer>> call : sent.entrySet()) {
      List<ByteBuffer> there = arrived.getOrDefault(call.getKey(), List.of());
      if (!there.equals(call.getValue())) {
        int first = Answers.firstDifference(call.getValue(), there);
        return Optional.of(
            String.format(
                Locale.ROOT,
                "%s: %d chunks sent, %d on the topic, at place %d the one sent as number %d",
                call.getKey(),
                call.getValue().size(),
                there.size(),
                first,
                first < there.size() ? call.getValue().indexOf(there.get(first)) : -1));
      }
    }
    return Optional.empty();
  }

  private static Map<String, List<ByteBuffer>> read(String topic, String bootstrapServers) {
    Map<String, List<ByteBuffer>> arrived = new TreeMap<>();
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, "3000",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false"),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (int partition = 0; partition < Site.PARTITIONS; partition++) {
        partitions.add(new TopicPartition(topic, partition));
      }
      consumer.assign(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, PATIENCE);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (partitions.stream()
          .anyMatch(partition -> consumer.position(partition, PATIENCE) < ends.get(partition))) {
        if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException("the topic " + topic + " cannot be read");
        }
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          arrived
              .computeIfAbsent(record.key(), key -> new ArrayList<>())
              .add(ByteBuffer.wrap(record.value()));
        }
      }
    }
    return arrived;
  }
}
