package io.turnwise.app.preflight;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;

/** What a cluster says of a topic. */
public sealed interface TopicState {
  /**
   * It is there.
   *
   * @param replication copies of the partition that has the fewest
   * @param settings all of them, the broker's defaults among them; empty where this user may not
   *     see them
   * @param allowed what this user may do with it; empty where the cluster does not say
   */
  record Present(
      int partitions,
      int replication,
      Optional<Map<String, String>> settings,
      Optional<Set<AclOperation>> allowed)
      implements TopicState {}

  /**
   * It is not there.
   *
   * @param refusal why this user could not create it; empty where it could
   */
  record Absent(Optional<String> refusal) implements TopicState {}

  /**
   * It is not there, and no one could create it as it is to be.
   *
   * @param refusal what the cluster says of its settings
   */
  record Unsettled(String refusal) implements TopicState {}

  /** This user may not know whether it is there. */
  record Hidden() implements TopicState {}
}
