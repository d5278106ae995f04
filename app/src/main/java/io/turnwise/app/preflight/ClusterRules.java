package io.turnwise.app.preflight;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;

/** What is wrong with a cluster besides its topics. Decides, and asks nobody. */
final class ClusterRules {
  private static final Duration SKEW = Duration.ofMinutes(1);

  private ClusterRules() {}

  static List<Finding> findings(Needs needs, ClusterState cluster, Instant now) {
    List<Finding> findings = new ArrayList<>();
    int copies = needs.changelogReplication();
    if (copies > cluster.brokers()) {
      findings.add(
          Finding.failed(
              "cluster",
              "replication.factor is "
                  + copies
                  + ", and "
                  + cluster.brokers()
                  + " brokers answer:"
                  + " the changelogs cannot be created",
              "start the missing brokers, or set replication.factor=" + cluster.brokers()));
    } else if (copies >= 0 && copies < 3) {
      findings.add(
          Finding.warning(
              "cluster",
              "replication.factor is " + copies + ": the state of calls is lost with a disk",
              "set replication.factor=3 before the first start"));
    }
    if (needs.standbys() == 0) {
      findings.add(
          Finding.note(
              "standby",
              "num.standby.replicas is 0: when an instance dies, its calls wait until another has"
                  + " read their state",
              "set num.standby.replicas=1 where two instances or more run"));
    }
    if (needs.threads() > needs.settings().faults()) {
      findings.add(
          Finding.warning(
              "faults",
              needs.threads()
                  + " stream threads, and "
                  + needs.settings().faults()
                  + " faults are borne: one that strikes all threads at once, a broker that is away"
                  + " for long, ends the process",
              "set turnwise.faults.max to several times num.stream.threads"));
    }
    if (!StreamsConfig.EXACTLY_ONCE_V2.equals(
        needs.streams().get(StreamsConfig.PROCESSING_GUARANTEE_CONFIG))) {
      findings.add(
          Finding.warning(
              "guarantee",
              "processing.guarantee is "
                  + needs.streams().get(StreamsConfig.PROCESSING_GUARANTEE_CONFIG)
                  + ": events may come twice after a fault",
              "leave it at exactly_once_v2"));
    }
    lookAtBroker(needs, cluster, findings);
    cluster
        .groupRefusal()
        .ifPresent(
            refusal ->
                findings.add(
                    Finding.failed(
                        "group " + needs.applicationId(),
                        "this user may not READ it (" + refusal + ")",
                        "allow READ on the group")));
    cluster
        .transactionRefusal()
        .ifPresent(
            refusal ->
                findings.add(
                    Finding.failed(
                        "transactions " + needs.applicationId() + "-",
                        "this user may not DESCRIBE them (" + refusal + ")",
                        "allow WRITE and DESCRIBE on transactional ids with this prefix")));
    cluster
        .newestMillis()
        .filter(newest -> newest > now.plus(SKEW).toEpochMilli())
        .ifPresent(
            newest ->
                findings.add(
                    Finding.warning(
                        "clock",
                        "the newest record of "
                            + needs.input()
                            + " is of "
                            + Instant.ofEpochMilli(newest)
                            + ", which is yet to come",
                        "set the clocks of this machine and of the sources: retention goes by"
                            + " them")));
    return findings;
  }

  private static void lookAtBroker(Needs needs, ClusterState cluster, List<Finding> findings) {
    if (cluster.broker().isEmpty()) {
      findings.add(
          Finding.note(
              "broker settings",
              "they were not looked at: this user may not DESCRIBE_CONFIGS of the cluster",
              "check as a user who may"));
      return;
    }
    Map<String, String> broker = cluster.broker().get();
    long longest = number(broker, "transaction.max.timeout.ms", Long.MAX_VALUE);
    if (needs.transactionMillis() > longest) {
      findings.add(
          Finding.failed(
              "broker settings",
              "transactions of "
                  + needs.transactionMillis()
                  + " ms are asked for, and the brokers allow "
                  + longest
                  + " ms",
              "set producer.transaction.timeout.ms=" + longest));
    }
    long expiry = number(broker, "transactional.id.expiration.ms", Long.MAX_VALUE);
    if (expiry < needs.outage().toMillis()) {
      findings.add(
          Finding.warning(
              "broker settings",
              "transactional.id.expiration.ms is "
                  + expiry
                  + ": in an outage as long an instance that was cut off is no longer fenced",
              "set it to 7 days, its default"));
    }
    long offsets = number(broker, "offsets.retention.minutes", Long.MAX_VALUE);
    if (offsets < needs.outage().toMinutes()) {
      findings.add(
          Finding.failed(
              "broker settings",
              "offsets.retention.minutes is "
                  + offsets
                  + ": after an outage as long it is forgotten what was read, and all is published"
                  + " again",
              "set it to 7 days, its default, or name a shorter --outage"));
    }
  }

  private static long number(Map<String, String> settings, String key, long otherwise) {
    String value = settings.get(key);
    return value == null || value.isBlank() ? otherwise : Long.parseLong(value.strip());
  }
}
