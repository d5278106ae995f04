package io.turnwise.app.preflight;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.SEGMENT_MS_CONFIG;

import io.turnwise.app.preflight.TopicState.Absent;
import io.turnwise.app.preflight.TopicState.Hidden;
import io.turnwise.app.preflight.TopicState.Present;
import io.turnwise.app.preflight.TopicState.Unsettled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclOperation;

/** What is wrong with topics, of what a cluster says of them. Decides, and asks nobody. */
final class TopicRules {
  /** Voice data is to be gone after a day. */
  private static final Duration VOICE_DATA = Duration.ofDays(1);

  /** Payload of 60 s, the longest chunk, at 8 kHz and 8 bits. */
  private static final int LONGEST_TELEPHONE_CHUNK = 480_000;

  /** What comes on top of the payload; the producer and the broker differ by some bytes. */
  private static final int ENVELOPE = 1024;

  /** An embedding of 2048 values, and an event, have room in this. */
  private static final int SMALL_RECORD = 64 * 1024;

  private final Needs needs;
  private final ClusterState cluster;
  private final List<Finding> findings = new ArrayList<>();

  private TopicRules(Needs needs, ClusterState cluster) {
    this.needs = needs;
    this.cluster = cluster;
  }

  /** What is amiss, and one line for all that is not. */
  static List<Finding> findings(Needs needs, ClusterState cluster) {
    TopicRules rules = new TopicRules(needs, cluster);
    needs.topics().forEach(rules::look);
    rules.lookAtSizes();
    rules.lookAtThreads();
    return rules.findings;
  }

  private void look(String topic, Role role) {
    TopicState state = cluster.topics().getOrDefault(topic, new Hidden());
    int before = findings.size();
    if (state instanceof Hidden) {
      fail(
          topic,
          "this user may not DESCRIBE it, nor know whether it exists",
          "allow " + words(new TreeSet<>(role.rights())) + " on it");
      return;
    }
    if (state instanceof Absent absent) {
      lookAtAbsent(topic, role, absent);
      return;
    }
    if (state instanceof Unsettled unsettled) {
      fail(
          topic,
          "it does not exist, and cannot be created as the settings that begin with topic. say ("
              + unsettled.refusal()
              + ")",
          "correct these");
      return;
    }
    Present present = (Present) state;
    lookAtRights(topic, role, present);
    lookAtPartitions(topic, role, present);
    if (present.settings().isPresent()) {
      Map<String, String> settings = present.settings().get();
      lookAtPolicy(topic, role, settings);
      lookAtRetention(topic, role, settings);
      lookAtCopies(topic, present, settings);
    } else {
      note(
          topic,
          "its settings were not looked at: this user may not DESCRIBE_CONFIGS",
          "check as a user who may");
    }
    if (findings.size() == before) {
      findings.add(
          Finding.ok(
              subject(topic),
              present.partitions() + " partitions, " + present.replication() + " copies"));
    }
  }

  private void lookAtAbsent(String topic, Role role, Absent absent) {
    if (role != Role.CHANGELOG) {
      fail(
          topic,
          "it does not exist",
          "create it: turnwise topics create --config FILE --partitions N --replication N");
    } else if (absent.refusal().isPresent()) {
      fail(
          topic,
          "it does not exist, and this user may not create it (" + absent.refusal().get() + ")",
          "allow CREATE on the prefix "
              + needs.applicationId()
              + "-, or have it created: "
              + inputPartitions()
              + " partitions, cleanup.policy=compact");
    }
  }

  private void lookAtRights(String topic, Role role, Present present) {
    if (present.allowed().isEmpty()) {
      return;
    }
    Set<AclOperation> missing = new TreeSet<>(role.rights());
    missing.removeAll(present.allowed().get());
    if (!missing.isEmpty()) {
      fail(topic, "this user may not " + words(missing), "allow " + words(missing) + " on it");
    }
  }

  private void lookAtPartitions(String topic, Role role, Present present) {
    if (role == Role.VOICES && present.partitions() != 1) {
      warn(
          topic,
          present.partitions()
              + " partitions: an erasure takes effect only once a later record comes to the same"
              + " partition",
          "create it anew with one, and enrol the voices again");
    }
    if (role == Role.CHANGELOG
        && inputPartitions() > 0
        && present.partitions() != inputPartitions()) {
      fail(
          topic,
          present.partitions()
              + " partitions, where "
              + needs.input()
              + " has "
              + inputPartitions()
              + ": Kafka Streams will not start",
          "stop all instances and run turnwise reset --config FILE");
    }
  }

  private void lookAtPolicy(String topic, Role role, Map<String, String> settings) {
    String policy = settings.getOrDefault(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE);
    boolean compacts = policy.contains(CLEANUP_POLICY_COMPACT);
    boolean deletes = policy.contains(CLEANUP_POLICY_DELETE);
    switch (role) {
      case INPUT, OUTPUT -> {
        if (compacts) {
          fail(
              topic,
              "cleanup.policy is " + policy + ": of each call only the latest record would stay",
              "set cleanup.policy=delete");
        }
      }
      case VOICES -> {
        if (deletes) {
          fail(
              topic,
              "cleanup.policy is " + policy + ": enrolled voices would be gone after retention.ms",
              "set cleanup.policy=compact");
        }
        String clock = settings.getOrDefault(MESSAGE_TIMESTAMP_TYPE_CONFIG, "CreateTime");
        if (!clock.equals("LogAppendTime")) {
          warn(
              topic,
              "message.timestamp.type is "
                  + clock
                  + ": a record that a source gives no timestamp would end every instance",
              "set message.timestamp.type=LogAppendTime");
        }
      }
      case CHANGELOG -> {
        if (!compacts || deletes) {
          fail(
              topic,
              "cleanup.policy is " + policy + ": the state of calls going on would be lost",
              "set cleanup.policy=compact");
        }
      }
      default -> throw new IllegalStateException("role: " + role);
    }
  }

  private void lookAtRetention(String topic, Role role, Map<String, String> settings) {
    long segment = number(settings, SEGMENT_MS_CONFIG, Long.MAX_VALUE);
    if (role == Role.VOICES || role == Role.CHANGELOG) {
      if (number(settings, MAX_COMPACTION_LAG_MS_CONFIG, Long.MAX_VALUE) > VOICE_DATA.toMillis()
          || segment > VOICE_DATA.toMillis()) {
        warn(
            topic,
            "what is deleted from it may stay for longer than a day (segment.ms "
                + words(segment)
                + ", max.compaction.lag.ms "
                + words(number(settings, MAX_COMPACTION_LAG_MS_CONFIG, Long.MAX_VALUE))
                + ")",
            "set segment.ms=3600000 and max.compaction.lag.ms=3600000 to 86400000");
      }
      return;
    }
    long retention = number(settings, RETENTION_MS_CONFIG, Duration.ofDays(7).toMillis());
    if (retention < 0 || retention > VOICE_DATA.toMillis()) {
      warn(
          topic,
          "voice data is kept for " + words(retention) + ", longer than a day",
          "set retention.ms=" + VOICE_DATA.toMillis() + ", or have a reason in law");
    } else if (segment > VOICE_DATA.toMillis()) {
      warn(
          topic,
          "segment.ms is " + words(segment) + ": voice data of a quiet topic stays as long",
          "set segment.ms=3600000");
    }
    if (role == Role.INPUT) {
      if (retention >= 0 && retention < needs.outage().toMillis()) {
        warn(
            topic,
            "what waits in an outage of more than "
                + words(retention)
                + " is deleted before it is heard",
            "set retention.ms to "
                + needs.outage().toMillis()
                + " or more, or name a shorter --outage");
      }
      long bytes = number(settings, RETENTION_BYTES_CONFIG, -1);
      if (bytes >= 0) {
        warn(
            topic,
            "retention.bytes is " + bytes + ": a busy partition deletes before its time",
            "set retention.bytes=-1");
      }
    }
  }

  private void lookAtCopies(String topic, Present present, Map<String, String> settings) {
    long least = number(settings, MIN_IN_SYNC_REPLICAS_CONFIG, 1);
    int copies = present.replication();
    if (least > copies) {
      fail(
          topic,
          "min.insync.replicas is "
              + least
              + ", and there are "
              + copies
              + " copies: no write"
              + " succeeds",
          "set min.insync.replicas=" + Math.max(1, copies - 1));
    } else if (copies < 3) {
      warn(
          topic,
          copies == 1
              ? "one copy: the loss of a broker's disk loses it, its restart stops the calls"
              : "two copies: with min.insync.replicas=1 the loss of a broker may lose records,"
                  + " with 2 its restart stops the calls",
          cluster.brokers() < 3
              ? "use three brokers, and replication 3"
              : "use replication 3 with min.insync.replicas=2");
    } else if (least < 2) {
      warn(
          topic,
          "min.insync.replicas is 1: a record may be on one broker alone when it counts as written",
          "set min.insync.replicas=2");
    } else if (least == copies) {
      warn(
          topic,
          "min.insync.replicas is as many as there are copies: the restart of any broker stops the"
              + " calls",
          "set min.insync.replicas=" + (copies - 1));
    }
  }

  /** A chunk that can be read must also go into the changelog that keeps it. */
  private void lookAtSizes() {
    for (Map.Entry<String, Role> topic : needs.topics().entrySet()) {
      long size = messageBytes(topic.getKey());
      if (topic.getValue() == Role.OUTPUT && size < SMALL_RECORD) {
        fail(
            topic.getKey(),
            "max.message.bytes is " + size + ", too little for an embedding or an event",
            "set max.message.bytes=1048588");
      }
    }
    long chunk = messageBytes(needs.input());
    if (!needs.audio() || chunk == Long.MAX_VALUE) {
      return;
    }
    if (chunk < LONGEST_TELEPHONE_CHUNK + ENVELOPE) {
      warn(
          needs.input(),
          "max.message.bytes is "
              + chunk
              + ": chunks of telephone audio longer than "
              + Math.max(0, (chunk - ENVELOPE) / 8000)
              + " s do not fit, where 60 s are allowed",
          "set max.message.bytes=1048588, or send shorter chunks");
    }
    if (chunk > needs.maxRequestBytes() + ENVELOPE) {
      fail(
          needs.input(),
          "max.message.bytes is "
              + chunk
              + ", and the application can write "
              + needs.maxRequestBytes()
              + " bytes at most: a larger chunk could be read and not kept, and would stop its"
              + " partition",
          "set producer.max.request.size=" + (chunk + ENVELOPE) + ", or less max.message.bytes");
    }
    long changelog =
        cluster.topics().get(needs.audioChangelog()) instanceof Present
            ? messageBytes(needs.audioChangelog())
            : needs.changelogMessageBytes(clusterMessageBytes());
    if (chunk > changelog + ENVELOPE) {
      fail(
          needs.audioChangelog(),
          "it takes records of "
              + changelog
              + " bytes, and "
              + needs.input()
              + " chunks of "
              + chunk
              + ": a larger chunk would stop its partition",
          "set topic.max.message.bytes="
              + (chunk + ENVELOPE)
              + " before the first start, and max.message.bytes on the topic after it");
    }
  }

  private void lookAtThreads() {
    int partitions = inputPartitions();
    if (partitions > 0 && needs.threads() > partitions) {
      note(
          needs.input(),
          needs.threads()
              + " threads for "
              + partitions
              + " partitions: "
              + (needs.threads() - partitions)
              + " have nothing to do",
          "partitions bound how many threads can work; set num.stream.threads, or plan more"
              + " partitions");
    }
  }

  private int clusterMessageBytes() {
    return cluster
        .broker()
        .map(settings -> (int) number(settings, "message.max.bytes", 1_048_588))
        .orElse(1_048_588);
  }

  /** As many as the topic says; all where it does not say. */
  private long messageBytes(String topic) {
    return settings(topic)
        .map(settings -> number(settings, MAX_MESSAGE_BYTES_CONFIG, Long.MAX_VALUE))
        .orElse(Long.MAX_VALUE);
  }

  private Optional<Map<String, String>> settings(String topic) {
    return cluster.topics().get(topic) instanceof Present present
        ? present.settings()
        : Optional.empty();
  }

  /** 0 where it is not known. */
  private int inputPartitions() {
    SortedMap<String, TopicState> topics = cluster.topics();
    return topics.get(needs.input()) instanceof Present present ? present.partitions() : 0;
  }

  private static long number(Map<String, String> settings, String key, long otherwise) {
    String value = settings.get(key);
    return value == null || value.isBlank() ? otherwise : Long.parseLong(value.strip());
  }

  private static String words(long millis) {
    if (millis < 0 || millis == Long.MAX_VALUE) {
      return "ever";
    }
    Duration duration = Duration.ofMillis(millis);
    return duration.toHours() >= 48
        ? duration.toDays() + " days"
        : duration.toMinutes() >= 120
            ? duration.toHours() + " hours"
            : duration.toSeconds() >= 120 ? duration.toMinutes() + " minutes" : millis + " ms";
  }

  private static String words(Set<AclOperation> operations) {
    return String.join(", ", operations.stream().map(AclOperation::name).toList());
  }

  static String subject(String topic) {
    return "topic " + topic;
  }

  private void fail(String topic, String detail, String remedy) {
    findings.add(Finding.failed(subject(topic), detail, remedy));
  }

  private void warn(String topic, String detail, String remedy) {
    findings.add(Finding.warning(subject(topic), detail, remedy));
  }

  private void note(String topic, String detail, String remedy) {
    findings.add(Finding.note(subject(topic), detail, remedy));
  }
}
