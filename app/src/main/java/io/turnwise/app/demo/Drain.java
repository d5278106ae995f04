package io.turnwise.app.demo;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells when everything that was put in has come out: the application has committed all of its
 * input, and the transactions that carry its output are closed. Used by one thread.
 */
final class Drain {
  private final Admin admin;
  private final String applicationId;
  private final List<TopicPartition> outputs;
  private final Map<TopicPartition, Long> inputEnds;
  private long committed = -1;
  private long progressAt = System.nanoTime();

  /**
   * @param inputs partitions of the input, to which nothing is written any more
   * @param outputs partitions of the output
   */
  Drain(
      Admin admin,
      String applicationId,
      Collection<TopicPartition> inputs,
      List<TopicPartition> outputs) {
    this.admin = admin;
    this.applicationId = applicationId;
    this.outputs = outputs;
    this.inputEnds = ends(inputs, IsolationLevel.READ_UNCOMMITTED);
  }

  /** The output's ends, which a reader has to pass; empty while the application is not done. */
  Optional<Map<TopicPartition, Long>> outputEnds() {
    if (!inputCommitted()) {
      return Optional.empty();
    }
    // The offsets' commit is seen a moment before the markers on the output partitions are.
    Map<TopicPartition, Long> stable = ends(outputs, IsolationLevel.READ_COMMITTED);
    Map<TopicPartition, Long> all = ends(outputs, IsolationLevel.READ_UNCOMMITTED);
    return stable.equals(all) ? Optional.of(stable) : Optional.empty();
  }

  /** Seconds since the application has last committed anything new. */
  long secondsWithoutProgress() {
    return (System.nanoTime() - progressAt) / 1_000_000_000;
  }

  private boolean inputCommitted() {
    var offsets =
        get(admin.listConsumerGroupOffsets(applicationId).partitionsToOffsetAndMetadata());
    long sum = 0;
    boolean all = true;
    for (Map.Entry<TopicPartition, Long> end : inputEnds.entrySet()) {
      var offset = offsets.get(end.getKey());
      long position = offset == null ? 0 : offset.offset();
      sum += position;
      all &= position >= end.getValue();
    }
    if (sum != committed) {
      committed = sum;
      progressAt = System.nanoTime();
    }
    return all;
  }

  private Map<TopicPartition, Long> ends(
      Collection<TopicPartition> partitions, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> latest =
        partitions.stream()
            .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
    return get(admin.listOffsets(latest, new ListOffsetsOptions(isolation)).all())
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset()));
  }

  private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new KafkaException("The embedded broker does not answer: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("Interrupted while waiting for the last event", e);
    }
  }
}
