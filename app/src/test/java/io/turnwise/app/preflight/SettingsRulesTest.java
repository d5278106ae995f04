package io.turnwise.app.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsRulesTest {
  /** Of docs/how-to/run-against-a-cluster.md, with more that is sometimes set. */
  private static final Map<String, String> GOOD =
      Map.ofEntries(
          Map.entry("application.id", "turnwise"),
          Map.entry("bootstrap.servers", "broker-1:9093"),
          Map.entry("schema.registry.url", "https://registry:8081"),
          Map.entry("security.protocol", "SASL_SSL"),
          Map.entry("sasl.mechanism", "SCRAM-SHA-512"),
          Map.entry("sasl.jaas.config", "some.Module required password=\"a${b:c}\";"),
          Map.entry("ssl.truststore.type", "PEM"),
          Map.entry("ssl.truststore.location", "/etc/turnwise/ca.pem"),
          Map.entry("basic.auth.credentials.source", "USER_INFO"),
          Map.entry("basic.auth.user.info", "turnwise:word"),
          Map.entry("schema.registry.ssl.truststore.type", "PEM"),
          Map.entry("auto.register.schemas", "false"),
          Map.entry("use.latest.version", "true"),
          Map.entry("replication.factor", "3"),
          Map.entry("topic.segment.ms", "3600000"),
          Map.entry("num.standby.replicas", "1"),
          Map.entry("consumer.max.poll.records", "100"),
          Map.entry("main.consumer.max.poll.interval.ms", "60000"),
          Map.entry("producer.max.request.size", "2000000"),
          Map.entry("admin.retries", "3"),
          Map.entry("default.api.timeout.ms", "3000"),
          Map.entry("group.instance.id", "one"),
          Map.entry("turnwise.model", "turnwise-starter"));

  @Test
  void shouldFindNothingAmissWhenEverySettingIsKnownAndGood() {
    SettingsRules.Judged judged = SettingsRules.judge(GOOD);

    assertEquals(List.of(), judged.findings());
    assertEquals(GOOD, judged.usable());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "num.stream.threads | two | two",
        "main.consumer.max.poll.interval.ms | soon | soon",
        "topic.max.message.bytes | many | many",
        "topic.max.message.bytes | 9999999999 | 9999999999",
        "commit.interval.ms | often | often",
        "processing.guarantee | exactly_once | exactly_once_v2",
        "security.protocol | SLS | SASL_SSL",
        "consumer.max.poll.records | -1 | at least 1",
        "producer.acks | 5 | all",
        "auto.register.schemas | fals | true or false",
        "turnwise.hop.ms | 3 | at least 250",
        "turnwise.hop.ms | 755 | multiple of 10",
        "turnwise.shed | all | hop,silence",
        "turnwise.hopms | 750 | is turnwise.hop.ms meant",
        "turnwise.nothing.like.it | 1 | no such setting",
        "application.id | my app! | 'my app!' is no name",
        "turnwise.topic.dead.letters | dead letters | 'dead letters' is no name",
        "turnwise.topic.dead.letters | \"\" | '' is no name",
        "sasl.jaas.config | ${env:NOT_THERE} | ${env:NOT_THERE} names nothing"
      })
  void shouldRefuseASettingAndLeaveItOutOfWhatIsUsable(String key, String value, String word) {
    SettingsRules.Judged judged = SettingsRules.judge(with(Map.of(key, value)));

    assertEquals(1, judged.findings().size(), judged::toString);
    Finding finding = judged.findings().get(0);
    assertEquals(Finding.State.FAILED, finding.state());
    assertEquals("setting " + key, finding.subject());
    assertTrue(finding.sentence().contains(word), finding.sentence());
    assertFalse(judged.usable().containsKey(key));
  }

  @Test
  void shouldSayAllThatIsWrongAtOnce() {
    SettingsRules.Judged judged =
        SettingsRules.judge(
            with(
                Map.of(
                    "turnwise.hop.ms", "3",
                    "turnwise.hopp.ms", "750",
                    "num.stream.threads", "two")));

    assertEquals(
        List.of(
            "setting num.stream.threads", "setting turnwise.hop.ms", "setting turnwise.hopp.ms"),
        judged.findings().stream().map(Finding::subject).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "num.stream.thread, num.stream.threads",
    "procesing.guarantee, processing.guarantee",
    "consumer.fetch.max.byte, consumer.fetch.max.bytes",
    "sasl.mechansim, sasl.mechanism"
  })
  void shouldWarnOfASettingThatDoesNothingAndSayWhatMayBeMeant(String key, String meant) {
    List<Finding> findings = SettingsRules.judge(with(Map.of(key, "1"))).findings();

    assertEquals(1, findings.size(), findings::toString);
    assertEquals(Finding.State.WARNING, findings.get(0).state());
    assertEquals("setting " + key, findings.get(0).subject());
    assertTrue(findings.get(0).remedy().contains(meant), findings.get(0)::remedy);
  }

  @Test
  void shouldOnlyNoteASettingThatAClassOfTheUsersOwnMayRead() {
    List<Finding> findings = SettingsRules.judge(with(Map.of("my.own.thing", "1"))).findings();

    assertEquals(1, findings.size());
    assertEquals(Finding.State.NOTE, findings.get(0).state());
  }

  @Test
  void shouldRefuseSettingsThatDoNotGoTogether() {
    // A commit less often than transactions last, and a heartbeat less often than sessions last.
    List<Finding> commits =
        SettingsRules.judge(with(Map.of("commit.interval.ms", "20000"))).findings();
    List<Finding> heartbeats =
        SettingsRules.judge(with(Map.of("consumer.heartbeat.interval.ms", "9000"))).findings();

    assertEquals(List.of(Finding.State.FAILED), states(commits));
    assertTrue(commits.get(0).detail().contains("commit.interval.ms"), commits::toString);
    assertEquals(List.of(Finding.State.FAILED), states(heartbeats));
    assertTrue(heartbeats.get(0).sentence().contains("session.timeout.ms"), heartbeats::toString);
  }

  @Test
  void shouldRefuseOneTopicForTwoPurposes() {
    List<Finding> findings =
        SettingsRules.judge(with(Map.of("turnwise.topic.dead.letters", "audio-chunks"))).findings();

    assertEquals(List.of(Finding.State.FAILED), states(findings));
    assertTrue(
        findings.get(0).detail().contains("turnwise.topic.audio.chunks"), findings::toString);
  }

  private static List<Finding.State> states(List<Finding> findings) {
    return findings.stream().map(Finding::state).toList();
  }

  private static Map<String, String> with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(GOOD);
    all.putAll(more);
    return all;
  }
}
