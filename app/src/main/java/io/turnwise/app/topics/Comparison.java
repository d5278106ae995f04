package io.turnwise.app.topics;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.broker.Topics;
import io.turnwise.app.connect.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * The topics as they should be, beside those of a cluster.
 *
 * @param missing those that do not exist, in their order
 * @param differences of those that exist, by topic, one sentence each; empty where there are none
 */
record Comparison(List<NewTopic> missing, Map<String, List<String>> differences) {
  /**
   * Asks a cluster.
   *
   * @throws CommandFailed if it does not answer or refuses
   */
  static Comparison of(Admin admin, Topics topics, String servers) {
    try {
      Set<String> present = admin.listTopics().names().get();
      List<NewTopic> missing = new ArrayList<>();
      Map<String, List<String>> differences = new LinkedHashMap<>();
      for (NewTopic topic : topics.all()) {
        if (present.contains(topic.name())) {
          differences.put(topic.name(), differences(admin, topic));
        } else {
          missing.add(topic);
        }
      }
      return new Comparison(missing, differences);
    } catch (ExecutionException e) {
      throw new CommandFailed(
          "The cluster at "
              + servers
              + " gives no usable answer ("
              + e.getCause().getMessage()
              + "); check "
              + Connection.BOOTSTRAP
              + " and security: turnwise check says more.",
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("Interrupted while asking the cluster for its topics.", e);
    }
  }

  private static List<String> differences(Admin admin, NewTopic wanted)
      throws ExecutionException, InterruptedException {
    List<String> differences = new ArrayList<>();
    TopicDescription there =
        admin.describeTopics(List.of(wanted.name())).topicNameValues().get(wanted.name()).get();
    if (there.partitions().size() != wanted.numPartitions()) {
      differences.add(
          there.partitions().size() + " partitions instead of " + wanted.numPartitions());
    }
    int copies = there.partitions().stream().mapToInt(p -> p.replicas().size()).min().orElse(0);
    if (wanted.replicationFactor() > 0 && copies != wanted.replicationFactor()) {
      differences.add(copies + " copies instead of " + wanted.replicationFactor());
    }
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, wanted.name());
    try {
      Config config = admin.describeConfigs(List.of(resource)).values().get(resource).get();
      new TreeMap<>(wanted.configs())
          .forEach(
              (key, value) -> {
                ConfigEntry entry = config.get(key);
                String actual = entry == null ? "none" : String.valueOf(entry.value());
                if (!actual.equals(value)) {
                  differences.add(key + "=" + actual + " instead of " + value);
                }
              });
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof AuthorizationException)) {
        throw e;
      }
      differences.add("settings not compared: this user may not DESCRIBE_CONFIGS");
    }
    return differences;
  }
}
