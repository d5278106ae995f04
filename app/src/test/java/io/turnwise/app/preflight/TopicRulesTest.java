package io.turnwise.app.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.app.preflight.Finding.State;
import io.turnwise.topology.TurnwiseSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicRulesTest {
  private static final Set<AclOperation> ALL =
      Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.CREATE);

  private final Map<String, String> properties = new HashMap<>(Map.of("num.stream.threads", "2"));
  private final TreeMap<String, TopicState> topics = new TreeMap<>();
  private Map<String, String> broker = Map.of();

  @BeforeEach
  void aClusterThatWillDo() {
    for (Map.Entry<String, Role> topic : needs().topics().entrySet()) {
      Map<String, String> settings = new HashMap<>();
      boolean compacted = topic.getValue() == Role.CHANGELOG || topic.getValue() == Role.VOICES;
      settings.put("cleanup.policy", compacted ? "compact" : "delete");
      settings.put("retention.ms", "86400000");
      settings.put("segment.ms", "3600000");
      settings.put("max.compaction.lag.ms", "3600000");
      settings.put("min.insync.replicas", "2");
      settings.put("max.message.bytes", "1048588");
      settings.put("message.timestamp.type", "LogAppendTime");
      topics.put(
          topic.getKey(),
          new TopicState.Present(
              topic.getValue() == Role.VOICES ? 1 : 12,
              3,
              Optional.of(settings),
              Optional.of(ALL)));
    }
  }

  @Test
  void shouldFindNothingAmissWhenAllIsAsItShouldBe() {
    assertEquals(Set.of(State.OK), states(topicFindings()));
    assertEquals(needs().topics().size(), topicFindings().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "audio-chunks|cleanup.policy|compact|FAILED|only the latest record",
        "speaker-registry|cleanup.policy|delete|FAILED|gone after retention.ms",
        "speaker-registry|max.compaction.lag.ms|9223372036854775807|WARNING|longer than a day",
        "speaker-registry|message.timestamp.type|CreateTime|WARNING|would end every instance",
        "turnwise-order-calls-changelog|cleanup.policy|delete|FAILED|state of calls",
        "turnwise-track-voices-changelog|segment.ms|604800000|WARNING|longer than a day",
        "speaker-embeddings|retention.ms|604800000|WARNING|voice data is kept for 7 days",
        "speaker-changes|retention.ms|-1|WARNING|voice data is kept for ever",
        "dead-letters|segment.ms|604800000|WARNING|quiet topic",
        "audio-chunks|retention.ms|600000|WARNING|outage of more than 10 minutes",
        "audio-chunks|retention.bytes|1000000|WARNING|before its time",
        "audio-chunks|min.insync.replicas|4|FAILED|no write",
        "audio-chunks|min.insync.replicas|3|WARNING|restart of any broker",
        "audio-chunks|min.insync.replicas|1|WARNING|on one broker alone",
        "audio-chunks|max.message.bytes|100000|WARNING|longer than 12 s",
        "audio-chunks|max.message.bytes|6000000|FAILED|could be read and not kept",
        "speaker-embeddings|max.message.bytes|1000|FAILED|too little",
      })
  void shouldSayWhatIsWrongWithASetting(
      String topic, String setting, String value, State state, String words) {
    // Given
    set(topic, setting, value);

    // When
    List<Finding> findings = topicFindings();

    // Then
    Finding finding = about(findings, topic);
    assertEquals(state, finding.state(), finding::toString);
    assertTrue(finding.detail().contains(words), finding::toString);
    assertTrue(finding.remedy().contains(setting.substring(0, 3)), finding::toString);
  }

  @Test
  void shouldCompareTheChangelogWithTheLargestChunkWhenOnlyTheProducerWasRaised() {
    // Given
    set("audio-chunks", "max.message.bytes", "6000000");
    properties.put("producer.max.request.size", "6100000");

    // When
    Finding finding = about(topicFindings(), "turnwise-segment-audio-changelog");

    // Then
    assertEquals(State.FAILED, finding.state());
    assertTrue(finding.remedy().contains("topic.max.message.bytes=6001024"), finding::toString);
  }

  @Test
  void shouldTakeWhatTheChangelogWillBeCreatedWithWhenItDoesNotExist() {
    // Given
    set("audio-chunks", "max.message.bytes", "6000000");
    properties.put("producer.max.request.size", "6100000");
    topics.put("turnwise-segment-audio-changelog", new TopicState.Absent(Optional.empty()));

    // When / Then
    assertEquals(State.FAILED, about(topicFindings(), "turnwise-segment-audio-changelog").state());
    properties.put("topic.max.message.bytes", "6100000");
    assertEquals(Set.of(State.OK), states(topicFindings()));
    properties.remove("topic.max.message.bytes");
    broker = Map.of("message.max.bytes", "8000000");
    assertEquals(Set.of(State.OK), states(topicFindings()));
  }

  @Test
  void shouldNameEveryRightThatIsMissing() {
    // Given
    allow("audio-chunks", Set.of(AclOperation.DESCRIBE));
    allow("speaker-changes", Set.of(AclOperation.READ, AclOperation.DESCRIBE));
    allow("turnwise-order-calls-changelog", Set.of(AclOperation.READ));
    topics.put("speaker-registry", new TopicState.Hidden());
    topics.put(
        "turnwise-track-voices-changelog", new TopicState.Absent(Optional.of("not authorized")));

    // When
    List<Finding> findings = topicFindings();

    // Then
    assertEquals("allow READ on it", about(findings, "audio-chunks").remedy());
    assertEquals("allow WRITE on it", about(findings, "speaker-changes").remedy());
    assertEquals(
        "allow WRITE, DESCRIBE on it", about(findings, "turnwise-order-calls-changelog").remedy());
    assertEquals("allow READ on it", about(findings, "speaker-registry").remedy());
    assertTrue(
        about(findings, "turnwise-track-voices-changelog")
            .remedy()
            .startsWith("allow CREATE on the prefix turnwise-"));
    assertEquals(5, findings.stream().filter(finding -> finding.state() == State.FAILED).count());
  }

  @Test
  void shouldSayThatAChangelogCannotBeCreatedAsTheSettingsSay() {
    // Given
    topics.put("turnwise-order-calls-changelog", new TopicState.Unsettled("Unknown: segement.ms"));

    // When
    Finding finding = about(topicFindings(), "turnwise-order-calls-changelog");

    // Then
    assertEquals(State.FAILED, finding.state());
    assertTrue(finding.detail().contains("Unknown: segement.ms"), finding::toString);
  }

  @Test
  void shouldComparePartitions() {
    // Given
    partitions("speaker-registry", 4);
    partitions("turnwise-segment-channels-changelog", 6);
    properties.put("num.stream.threads", "16");

    // When
    List<Finding> findings = topicFindings();

    // Then
    assertEquals(State.WARNING, about(findings, "speaker-registry").state());
    assertEquals(State.FAILED, about(findings, "turnwise-segment-channels-changelog").state());
    Finding threads =
        findings.stream().filter(f -> f.state() == State.NOTE).findFirst().orElseThrow();
    assertEquals("16 threads for 12 partitions: 4 have nothing to do", threads.detail());
  }

  @Test
  void shouldWarnWhenACopyIsTooFew() {
    topics.computeIfPresent(
        "speaker-changes",
        (name, state) -> {
          TopicState.Present present = (TopicState.Present) state;
          return new TopicState.Present(12, 1, Optional.of(Map.of()), present.allowed());
        });

    assertTrue(
        topicFindings().stream()
            .anyMatch(
                finding ->
                    finding.state() == State.WARNING && finding.detail().startsWith("one copy")));
  }

  @Test
  void shouldSayWhatIsWrongWithTheBrokers() {
    // Given
    properties.put("replication.factor", "5");
    properties.put("producer.transaction.timeout.ms", "1000000");
    properties.put("processing.guarantee", "at_least_once");
    broker =
        Map.of(
            "transaction.max.timeout.ms",
            "900000",
            "transactional.id.expiration.ms",
            "60000",
            "offsets.retention.minutes",
            "10");
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    ClusterState cluster =
        new ClusterState(
            3,
            topics,
            Optional.of(broker),
            Optional.of("no"),
            Optional.of("no"),
            Optional.of(now.plus(Duration.ofHours(1)).toEpochMilli()));

    // When
    List<Finding> findings = ClusterRules.findings(needs(), cluster, now);

    // Then
    assertEquals(
        List.of(
            "failed cluster",
            "note standby",
            "warning guarantee",
            "failed broker settings",
            "warning broker settings",
            "failed broker settings",
            "failed group turnwise",
            "failed transactions turnwise-",
            "warning clock"),
        findings.stream().map(finding -> finding.state() + " " + finding.subject()).toList());
    assertTrue(findings.stream().noneMatch(finding -> finding.remedy().isEmpty()));
  }

  @Test
  void shouldWarnWhenOneFaultOfAllThreadsIsMoreThanIsBorne() {
    // Given
    ClusterState cluster =
        new ClusterState(
            3, topics, Optional.of(broker), Optional.empty(), Optional.empty(), Optional.empty());

    // When / Then
    properties.put("num.stream.threads", "10");
    assertEquals(0, aboutFaults(cluster));
    properties.put("num.stream.threads", "11");
    assertEquals(1, aboutFaults(cluster));
  }

  private long aboutFaults(ClusterState cluster) {
    return ClusterRules.findings(needs(), cluster, Instant.EPOCH).stream()
        .filter(finding -> finding.state() == State.WARNING && finding.subject().equals("faults"))
        .filter(finding -> finding.remedy().contains("turnwise.faults.max"))
        .count();
  }

  private Needs needs() {
    return new Needs(TurnwiseSettings.of(Map.of()), properties, true, Needs.OUTAGE);
  }

  private List<Finding> topicFindings() {
    return TopicRules.findings(
        needs(),
        new ClusterState(
            3, topics, Optional.of(broker), Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private void set(String topic, String setting, String value) {
    topics.computeIfPresent(
        topic,
        (name, state) -> {
          TopicState.Present present = (TopicState.Present) state;
          Map<String, String> settings = new HashMap<>(present.settings().orElseThrow());
          settings.put(setting, value);
          return new TopicState.Present(
              present.partitions(),
              present.replication(),
              Optional.of(settings),
              present.allowed());
        });
  }

  private void allow(String topic, Set<AclOperation> allowed) {
    topics.computeIfPresent(
        topic,
        (name, state) -> {
          TopicState.Present present = (TopicState.Present) state;
          return new TopicState.Present(
              present.partitions(),
              present.replication(),
              present.settings(),
              Optional.of(allowed));
        });
  }

  private void partitions(String topic, int partitions) {
    topics.computeIfPresent(
        topic,
        (name, state) -> {
          TopicState.Present present = (TopicState.Present) state;
          return new TopicState.Present(
              partitions, present.replication(), present.settings(), present.allowed());
        });
  }

  private static Finding about(List<Finding> findings, String topic) {
    List<Finding> about =
        findings.stream()
            .filter(finding -> finding.subject().equals("topic " + topic))
            .filter(finding -> finding.state() != State.OK && finding.state() != State.NOTE)
            .toList();
    assertEquals(1, about.size(), () -> topic + ": " + findings);
    return about.get(0);
  }

  private static Set<State> states(List<Finding> findings) {
    return findings.stream().map(Finding::state).collect(java.util.stream.Collectors.toSet());
  }
}
