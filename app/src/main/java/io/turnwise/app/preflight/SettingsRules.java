package io.turnwise.app.preflight;

import io.confluent.kafka.serializers.AbstractKafkaSchemaSerDeConfig;
import io.turnwise.app.CommandFailed;
import io.turnwise.topology.StreamsDefaults;
import io.turnwise.topology.TurnwiseSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.streams.StreamsConfig;

/**
 * What is wrong with the settings themselves, whatever cluster they are for: keys that nobody
 * knows, values that Kafka or Turnwise will not take, references to secrets that are not there.
 * Decides, and asks nobody. No finding holds the value of a secret.
 */
public final class SettingsRules {
  private static final String ALL = "docs/reference/settings.md has all";
  private static final String OWN = "turnwise.";
  private static final String TOPICS = "turnwise.topic.";
  private static final int LONGEST_NAME = 249;

  /**
   * One that names nothing Kafka leaves as it is. Not of any provider: a secret may look like that.
   */
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(?:env|file|directory):[^}]*}");

  private static final ConfigDef STREAMS = StreamsConfig.configDef();
  private static final ConfigDef CONSUMER = ConsumerConfig.configDef();
  private static final ConfigDef PRODUCER = ProducerConfig.configDef();
  private static final ConfigDef ADMIN = AdminClientConfig.configDef();

  /** Of the changelogs; what else a topic may be set to, the cluster itself says. */
  private static final ConfigDef TOPIC =
      new ConfigDef()
          .define(
              TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
              ConfigDef.Type.INT,
              ConfigDef.NO_DEFAULT_VALUE,
              ConfigDef.Range.atLeast(0),
              ConfigDef.Importance.MEDIUM,
              TopicConfig.MAX_MESSAGE_BYTES_DOC);

  private static final ConfigDef SERDES = AbstractKafkaSchemaSerDeConfig.baseConfigDef();

  /** In this order: a key of Kafka Streams' own has its meaning there. */
  private static final Map<String, List<ConfigDef>> BY_PREFIX =
      Map.of(
          StreamsConfig.MAIN_CONSUMER_PREFIX,
          List.of(CONSUMER),
          StreamsConfig.RESTORE_CONSUMER_PREFIX,
          List.of(CONSUMER),
          StreamsConfig.GLOBAL_CONSUMER_PREFIX,
          List.of(CONSUMER),
          StreamsConfig.CONSUMER_PREFIX,
          List.of(CONSUMER),
          StreamsConfig.PRODUCER_PREFIX,
          List.of(PRODUCER),
          StreamsConfig.ADMIN_CLIENT_PREFIX,
          List.of(ADMIN),
          StreamsConfig.TOPIC_PREFIX,
          List.of(TOPIC),
          "",
          List.of(STREAMS, CONSUMER, PRODUCER, ADMIN, SERDES));

  /** Handed on to what defines no names, or keeps them to itself. */
  private static final List<String> OTHERS =
      List.of(
          StreamsConfig.TOPIC_PREFIX,
          "schema.registry.",
          "avro.",
          "specific.avro.",
          "missing.",
          "confluent.",
          "rule.",
          "metrics.",
          "internal.",
          "__");

  /** As many letters may be wrong, missing or too many for a key to be meant as another. */
  private static final int SLIPS = 2;

  private final Map<String, String> usable;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * What came out.
   *
   * @param usable the settings without those that are refused, so that all else can be looked at
   * @param findings what is amiss, by key
   */
  public record Judged(Map<String, String> usable, List<Finding> findings) {
    public Judged {
      usable = Map.copyOf(usable);
      findings = List.copyOf(findings);
    }
  }

  private SettingsRules(Map<String, String> given) {
    usable = new HashMap<>(given);
  }

  /**
   * @param given the settings of a run, as its file has them
   */
  public static Judged judge(Map<String, String> given) {
    SettingsRules rules = new SettingsRules(given);
    new TreeMap<>(given).forEach(rules::look);
    rules.lookAtTopicNames();
    rules.lookAtAllTogether();
    return new Judged(rules.usable, rules.findings);
  }

  /**
   * For what cannot go on without.
   *
   * @return what is amiss and can be borne
   * @throws CommandFailed naming all settings that are refused
   */
  public static List<Finding> require(Map<String, String> given) {
    List<Finding> findings = judge(given).findings();
    String refused =
        findings.stream()
            .filter(finding -> finding.state() == Finding.State.FAILED)
            .map(finding -> finding.subject() + ": " + finding.sentence())
            .collect(Collectors.joining(". "));
    if (!refused.isEmpty()) {
      throw new CommandFailed(refused + ".");
    }
    return findings;
  }

  private void look(String key, String value) {
    Matcher reference = REFERENCE.matcher(value);
    if (reference.find()) {
      refuse(
          key,
          "its reference " + reference.group() + " names nothing that is there",
          "set what it names, or correct it");
    } else if (key.startsWith(OWN)) {
      lookAtOwn(key, value);
    } else {
      lookAtKafkas(key, value);
    }
  }

  private void lookAtOwn(String key, String value) {
    Set<String> known = TurnwiseSettings.definition().names();
    if (!known.contains(key)) {
      refuse(
          key,
          "there is no such setting",
          nearest(key, known).map(near -> "is " + near + " meant? ").orElse("") + ALL);
      return;
    }
    try {
      TurnwiseSettings.of(Map.of(key, value));
      if (key.startsWith(TOPICS)) {
        lookAtName(key, value);
      }
    } catch (ConfigException e) {
      refuse(key, e.getMessage(), ALL);
    }
  }

  /** Of a topic, or what topics' names begin with. */
  private void lookAtName(String key, String name) {
    if (!Topic.isValid(name)) {
      refuse(
          key,
          "'" + name + "' is no name that Kafka gives topics",
          "use letters, digits, '.', '_' and '-', "
              + LONGEST_NAME
              + " of them at most, with what comes after it");
    }
  }

  private void lookAtKafkas(String key, String value) {
    String prefix =
        BY_PREFIX.keySet().stream()
            .filter(key::startsWith)
            .max(Comparator.comparingInt(String::length))
            .orElse("");
    String name = key.substring(prefix.length());
    List<ConfigDef> knowing =
        BY_PREFIX.get(prefix).stream()
            .filter(definition -> definition.configKeys().containsKey(name))
            .toList();
    if (knowing.isEmpty()) {
      lookAtUnknown(key, prefix, name);
      return;
    }
    // What Kafka Streams has itself it need not hand on.
    for (ConfigDef definition : knowing.contains(STREAMS) ? List.of(STREAMS) : knowing) {
      ConfigKey defined = definition.configKeys().get(name);
      try {
        Object parsed = ConfigDef.parseType(name, value, defined.type);
        if (defined.validator != null) {
          defined.validator.ensureValid(name, parsed);
        }
      } catch (ConfigException e) {
        refuse(key, e.getMessage(), "correct it");
        return;
      }
    }
    if (key.equals(StreamsConfig.APPLICATION_ID_CONFIG)) {
      lookAtName(key, value);
    }
  }

  private void lookAtUnknown(String key, String prefix, String name) {
    if (OTHERS.stream().anyMatch(key::startsWith)) {
      return;
    }
    Set<String> known = new TreeSet<>();
    BY_PREFIX.get(prefix).forEach(definition -> known.addAll(definition.names()));
    Optional<String> meant = nearest(name, known);
    findings.add(
        meant.isPresent()
            ? Finding.warning(
                subject(key),
                "nobody knows it, so it does nothing",
                "is " + prefix + meant.get() + " meant?")
            : Finding.note(
                subject(key),
                "neither Kafka's clients nor Confluent's serdes know it",
                "leave it out, unless a class of your own reads it"));
  }

  /** One that is written and read would feed itself; two roles want two policies. */
  private void lookAtTopicNames() {
    TurnwiseSettings settings = TurnwiseSettings.of(usable);
    Map<String, String> named = new TreeMap<>();
    Map.of(
            TurnwiseSettings.AUDIO_CHUNKS, settings.audioChunks(),
            TurnwiseSettings.SPEAKER_EMBEDDINGS, settings.speakerEmbeddings(),
            TurnwiseSettings.SPEAKER_CHANGES, settings.speakerChanges(),
            TurnwiseSettings.SPEAKER_REGISTRY, settings.speakerRegistry(),
            TurnwiseSettings.DEAD_LETTERS, settings.deadLetters())
        .entrySet()
        .stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry -> {
              String other = named.putIfAbsent(entry.getValue(), entry.getKey());
              if (other != null) {
                findings.add(
                    Finding.failed(
                        subject(entry.getKey()),
                        "it names the topic " + entry.getValue() + ", as " + other + " does",
                        "give each its own"));
              }
            });
  }

  /** What no single value shows: settings that do not go together. */
  private void lookAtAllTogether() {
    Properties all = StreamsDefaults.over(usable);
    // Looked at by whoever wants to connect.
    all.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "localhost:9092");
    try {
      Map<String, Object> consumer = new StreamsConfig(all).getMainConsumerConfigs("g", "c", 0);
      long heartbeat = number(consumer, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG);
      long session = number(consumer, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
      if (heartbeat >= session) {
        findings.add(
            Finding.failed(
                subject(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG),
                heartbeat + ", and session.timeout.ms is " + session + ": no consumer starts so",
                "set consumer.heartbeat.interval.ms to a third of consumer.session.timeout.ms"));
      }
    } catch (KafkaException | IllegalArgumentException e) {
      findings.add(Finding.failed("settings", e.getMessage()));
    }
  }

  private static long number(Map<String, Object> settings, String key) {
    return Long.parseLong(settings.get(key).toString().strip());
  }

  private void refuse(String key, String detail, String remedy) {
    usable.remove(key);
    findings.add(Finding.failed(subject(key), detail, remedy));
  }

  private static String subject(String key) {
    return "setting " + key;
  }

  private static Optional<String> nearest(String key, Set<String> known) {
    return known.stream()
        .filter(candidate -> slips(key, candidate) <= SLIPS)
        .min(
            Comparator.comparingInt((String candidate) -> slips(key, candidate))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Levenshtein's distance. */
  private static int slips(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int kept = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(kept, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
