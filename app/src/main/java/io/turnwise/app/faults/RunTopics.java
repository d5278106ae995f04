package io.turnwise.app.faults;

import io.turnwise.app.broker.Topics;
import io.turnwise.topology.TurnwiseSettings;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** The topics, and the consumer group, of one run: named after it, so that each run begins anew. */
final class RunTopics {
  private static final short REPLICATION = 3;
  private static final long PATIENCE_SECONDS = 20;

  private final Admin admin;
  private final String run;
  private final TurnwiseSettings settings;

  /**
   * @param run its name, the application's id
   */
  RunTopics(Admin admin, String run) {
    this.admin = admin;
    this.run = run;
    this.settings = TurnwiseSettings.of(names());
  }

  /** The run's name, the application's id. */
  String run() {
    return run;
  }

  /** The settings that name the topics. */
  Map<String, String> names() {
    Map<String, String> names = new HashMap<>();
    names.put(TurnwiseSettings.AUDIO_CHUNKS, run + "-audio-chunks");
    names.put(TurnwiseSettings.SPEAKER_REGISTRY, run + "-speaker-registry");
    names.put(TurnwiseSettings.SPEAKER_EMBEDDINGS, name(Output.Kind.SPEAKER_EMBEDDINGS));
    names.put(TurnwiseSettings.SPEAKER_CHANGES, name(Output.Kind.SPEAKER_CHANGES));
    names.put(TurnwiseSettings.DEAD_LETTERS, name(Output.Kind.DEAD_LETTERS));
    return names;
  }

  private String name(Output.Kind kind) {
    return run + "-" + kind.topic();
  }

  String audio() {
    return settings.audioChunks();
  }

  String registry() {
    return settings.speakerRegistry();
  }

  Map<String, Output.Kind> outputs() {
    Map<String, Output.Kind> outputs = new HashMap<>();
    for (Output.Kind kind : Output.Kind.values()) {
      outputs.put(name(kind), kind);
    }
    return outputs;
  }

  TopicPartition partition(Output.Kind kind, String key) {
    return new TopicPartition(name(kind), Calls.partitionOf(key, Site.PARTITIONS));
  }

  TopicPartition audioPartition(String key) {
    return new TopicPartition(audio(), Calls.partitionOf(key, Site.PARTITIONS));
  }

  void create() {
    new Topics(settings, Site.PARTITIONS, Optional.of(REPLICATION), Topics.RETENTION, true)
        .createMissing(admin);
  }

  /** Deletes them and the application's changelogs. */
  void delete() {
    Collection<String> all =
        get(admin.listTopics().names()).stream()
            .filter(name -> name.startsWith(run + "-"))
            .toList();
    get(admin.deleteTopics(all).all());
  }

  /**
   * Where the outputs end now.
   *
   * @return empty unless the application has committed all its input and no transaction is open
   */
  Optional<Map<TopicPartition, Long>> endsIfAllIsDone() {
    Map<TopicPartition, Long> input = ends(List.of(audio()), IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, OffsetAndMetadata> committed =
        get(admin.listConsumerGroupOffsets(run).partitionsToOffsetAndMetadata());
    for (Map.Entry<TopicPartition, Long> end : input.entrySet()) {
      OffsetAndMetadata done = committed.get(end.getKey());
      if (end.getValue() > 0 && (done == null || done.offset() < end.getValue())) {
        return Optional.empty();
      }
    }
    Map<TopicPartition, Long> written = ends(outputs().keySet(), IsolationLevel.READ_UNCOMMITTED);
    return written.equals(ends(outputs().keySet(), IsolationLevel.READ_COMMITTED))
        ? Optional.of(written)
        : Optional.empty();
  }

  /** Whether the transaction of somebody is open on a partition. */
  boolean hasOpenTransaction(TopicPartition partition) {
    List<String> topic = List.of(partition.topic());
    return !ends(topic, IsolationLevel.READ_UNCOMMITTED)
        .get(partition)
        .equals(ends(topic, IsolationLevel.READ_COMMITTED).get(partition));
  }

  /** The name of the instance that has a partition of the audio; empty while nobody has. */
  Optional<String> ownerOf(TopicPartition partition) {
    Collection<MemberDescription> members =
        get(admin.describeConsumerGroups(List.of(run)).describedGroups().get(run)).members();
    return members.stream()
        .filter(member -> member.assignment().topicPartitions().contains(partition))
        .map(member -> member.clientId().replaceFirst("-StreamThread.*", ""))
        .findFirst();
  }

  private Map<TopicPartition, Long> ends(Collection<String> topics, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    for (String topic : topics) {
      for (int partition = 0; partition < Site.PARTITIONS; partition++) {
        latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
      }
    }
    Map<TopicPartition, ListOffsetsResultInfo> ends =
        get(admin.listOffsets(latest, new ListOffsetsOptions(isolation)).all());
    return ends.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
  }

  private static <T> T get(KafkaFuture<T> answer) {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new ClusterSilent(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
