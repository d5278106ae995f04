package io.turnwise.app.preflight;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Reads from a cluster what the rules judge. Asks for nothing that changes the cluster: a topic is
 * only proposed for validation, and of the group a member is asked to leave that never was one.
 */
final class ClusterLook implements AutoCloseable {
  private static final String PATIENCE_MS = "15000";
  private static final String NOBODY = "turnwise-check-nobody";

  private final Admin admin;

  private ClusterLook(Admin admin) {
    this.admin = admin;
  }

  /**
   * @param properties Kafka's settings
   * @throws org.apache.kafka.common.KafkaException if they make no client
   */
  static ClusterLook open(Map<String, String> properties) {
    Map<String, Object> admins = new HashMap<>(properties);
    admins.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    admins.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE_MS);
    return new ClusterLook(Admin.create(admins));
  }

  /** The brokers that answer for the cluster. */
  Collection<Node> nodes() throws ExecutionException, InterruptedException {
    return admin.describeCluster(new DescribeClusterOptions()).nodes().get();
  }

  /**
   * @param nodes those of {@link #nodes}
   */
  ClusterState state(Needs needs, Collection<Node> nodes)
      throws ExecutionException, InterruptedException {
    SortedMap<String, TopicState> topics = topics(needs);
    return new ClusterState(
        nodes.size(),
        topics,
        settings(
            new ConfigResource(ConfigResource.Type.BROKER, nodes.iterator().next().idString())),
        groupRefusal(needs.applicationId()),
        transactionRefusal(needs.applicationId()),
        newest(needs.input(), topics.get(needs.input())));
  }

  /** What the cluster says of the topics that are needed. */
  SortedMap<String, TopicState> topics(Needs needs)
      throws ExecutionException, InterruptedException {
    Map<String, Role> names = needs.topics();
    Map<String, KafkaFuture<TopicDescription>> described =
        admin
            .describeTopics(
                names.keySet(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .topicNameValues();
    SortedMap<String, TopicState> states = new TreeMap<>();
    Set<String> absent = new LinkedHashSet<>();
    for (String name : names.keySet()) {
      try {
        TopicDescription topic = described.get(name).get();
        Set<AclOperation> allowed = topic.authorizedOperations();
        states.put(
            name,
            new TopicState.Present(
                topic.partitions().size(),
                topic.partitions().stream().mapToInt(p -> p.replicas().size()).min().orElse(0),
                settings(new ConfigResource(ConfigResource.Type.TOPIC, name)),
                Optional.ofNullable(allowed)));
      } catch (ExecutionException e) {
        if (e.getCause() instanceof UnknownTopicOrPartitionException) {
          absent.add(name);
        } else if (e.getCause() instanceof TopicAuthorizationException) {
          states.put(name, new TopicState.Hidden());
        } else {
          throw e;
        }
      }
    }
    for (String name : absent) {
      states.put(
          name,
          names.get(name) == Role.CHANGELOG
              ? absentChangelog(name, needs.changelogSettings())
              : new TopicState.Absent(Optional.empty()));
    }
    return states;
  }

  private TopicState absentChangelog(String topic, Map<String, String> settings)
      throws ExecutionException, InterruptedException {
    try {
      admin
          .createTopics(
              List.of(new NewTopic(topic, Optional.of(1), Optional.empty()).configs(settings)),
              new CreateTopicsOptions().validateOnly(true))
          .all()
          .get();
      return new TopicState.Absent(Optional.empty());
    } catch (ExecutionException e) {
      return e.getCause() instanceof InvalidConfigurationException
          ? new TopicState.Unsettled(String.valueOf(e.getCause().getMessage()))
          : new TopicState.Absent(refusal(e));
    }
  }

  private Optional<String> groupRefusal(String group)
      throws ExecutionException, InterruptedException {
    try {
      admin
          .removeMembersFromConsumerGroup(
              group, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove(NOBODY))))
          .all()
          .get();
      return Optional.empty();
    } catch (ExecutionException e) {
      return refusal(e);
    }
  }

  private Optional<String> transactionRefusal(String prefix)
      throws ExecutionException, InterruptedException {
    String id = prefix + "-" + NOBODY;
    try {
      admin.describeTransactions(List.of(id)).description(id).get();
      return Optional.empty();
    } catch (ExecutionException e) {
      return refusal(e);
    }
  }

  /** Why it is not allowed; empty where it fails for what it was asked, or has worked. */
  private static Optional<String> refusal(ExecutionException failure) {
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof AuthorizationException) {
        return Optional.of(String.valueOf(cause.getMessage()));
      }
    }
    return Optional.empty();
  }

  private Optional<Map<String, String>> settings(ConfigResource resource)
      throws ExecutionException, InterruptedException {
    try {
      Config config = admin.describeConfigs(List.of(resource)).values().get(resource).get();
      Map<String, String> settings = new HashMap<>();
      for (ConfigEntry entry : config.entries()) {
        if (entry.value() != null) {
          settings.put(entry.name(), entry.value());
        }
      }
      return Optional.of(settings);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<Long> newest(String topic, TopicState state)
      throws ExecutionException, InterruptedException {
    if (!(state instanceof TopicState.Present present)) {
      return Optional.empty();
    }
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    for (int partition = 0; partition < present.partitions(); partition++) {
      asked.put(new TopicPartition(topic, partition), OffsetSpec.maxTimestamp());
    }
    List<Long> times = new ArrayList<>();
    try {
      for (ListOffsetsResultInfo newest : admin.listOffsets(asked).all().get().values()) {
        times.add(newest.timestamp());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return Optional.empty();
      }
      throw e;
    }
    return times.stream().filter(time -> time >= 0).max(Long::compare);
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(5));
  }
}
