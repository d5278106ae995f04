package io.turnwise.app.preflight;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaUtils;
import io.confluent.kafka.schemaregistry.client.SchemaMetadata;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.turnwise.app.connect.RegistryConnection;
import io.turnwise.serdes.Contract;
import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaParseException;
import org.apache.avro.specific.SpecificData;
import org.apache.kafka.common.config.ConfigException;

/** Looks at the schema registry; registers nothing. */
public final class RegistryLook {
  private static final String SUBJECT = "schema registry";
  private static final String REGISTER = "auto.register.schemas";
  private static final String LATEST = "use.latest.version";
  private static final String CONNECT_PATIENCE = "http.connect.timeout.ms";
  private static final String READ_PATIENCE = "http.read.timeout.ms";
  private static final String PATIENCE_MILLIS = "10000";

  /** So much of an answer is enough to know it by: what is no registry may send a page. */
  private static final int LONGEST_QUOTE = 300;

  private static final String STRATEGY = "value.subject.name.strategy";

  private final Needs needs;
  private final String url;
  private final List<Finding> findings = new ArrayList<>();

  private RegistryLook(Needs needs, String url) {
    this.needs = needs;
    this.url = url;
  }

  /**
   * @param url what {@code schema.registry.url} is, not blank
   */
  public static List<Finding> findings(Needs needs, String url) {
    RegistryLook look = new RegistryLook(needs, url);
    look.look();
    return look.findings;
  }

  private void look() {
    try (SchemaRegistryClient registry =
        RegistryConnection.open(url, needs.properties(), patience(needs.properties()))) {
      findings.add(
          Finding.ok(SUBJECT, url + " has " + registry.getAllSubjects().size() + " subjects"));
      if (needs.properties().containsKey(STRATEGY)) {
        findings.add(
            Finding.note(
                SUBJECT,
                "the schemas were not looked at: " + STRATEGY + " says where they are",
                "check them yourself"));
        return;
      }
      for (Map.Entry<Contract, String> topic : topics().entrySet()) {
        look(registry, topic.getKey(), topic.getValue() + "-value");
      }
    } catch (ConfigException e) {
      // Without the address: it may be what holds a password.
      findings.add(Finding.failed(SUBJECT, e.getMessage(), "correct the setting"));
    } catch (IOException | RestClientException | RuntimeException e) {
      findings.add(unusable(e));
    }
  }

  /** Confluent's client would ask four times, and wait a minute each time. */
  private static Map<String, String> patience(Map<String, String> given) {
    return Map.of(
        CONNECT_PATIENCE,
        given.getOrDefault(CONNECT_PATIENCE, PATIENCE_MILLIS),
        READ_PATIENCE,
        given.getOrDefault(READ_PATIENCE, PATIENCE_MILLIS),
        "max.retries",
        "0");
  }

  private Map<Contract, String> topics() {
    TurnwiseSettings settings = needs.settings();
    Map<Contract, String> topics = new LinkedHashMap<>();
    if (needs.audio()) {
      topics.put(Contract.AUDIO_CHUNKS, settings.audioChunks());
    }
    topics.put(Contract.SPEAKER_EMBEDDINGS, settings.speakerEmbeddings());
    topics.put(Contract.SPEAKER_CHANGES, settings.speakerChanges());
    topics.put(Contract.SPEAKER_REGISTRY, settings.speakerRegistry());
    topics.put(Contract.DEAD_LETTERS, settings.deadLetters());
    return topics;
  }

  private boolean writes(Contract contract) {
    return switch (contract) {
      case SPEAKER_EMBEDDINGS -> needs.audio();
      case SPEAKER_CHANGES, DEAD_LETTERS -> true;
      case AUDIO_CHUNKS, SPEAKER_REGISTRY -> false;
    };
  }

  private void look(SchemaRegistryClient registry, Contract contract, String subject)
      throws IOException, RestClientException {
    lookAtCompatibility(registry, subject);
    Optional<SchemaMetadata> latest = latest(registry, subject);
    boolean writes = writes(contract);
    boolean registers =
        Boolean.parseBoolean(needs.properties().getOrDefault(REGISTER, "true").strip());
    if (latest.isEmpty()) {
      if (writes && !registers) {
        fail(
            subject,
            "it has no schema, and " + REGISTER + " is false",
            "register serdes/src/main/avro/" + contract.schema().getName() + ".avsc");
      } else {
        findings.add(
            Finding.ok(
                name(subject),
                "no schema yet; " + (writes ? "the first record registers it" : "a source will")));
      }
      return;
    }
    AvroSchema ours = new AvroSchema(withoutJava(contract.schema()));
    if (!writes) {
      lookAtForeign(contract, subject, latest.get());
      return;
    }
    if (isRegistered(registry, subject, ours)) {
      findings.add(Finding.ok(name(subject), "has this version's schema"));
    } else if (!registers
        && Boolean.parseBoolean(needs.properties().getOrDefault(LATEST, "false").strip())) {
      findings.add(
          Finding.note(
              name(subject),
              "has another schema than this version's, and " + LATEST + " writes with it",
              "see that it has all fields"));
    } else if (!registers) {
      fail(
          subject,
          "it has not this version's schema, and " + REGISTER + " is false",
          "register serdes/src/main/avro/" + contract.schema().getName() + ".avsc");
    } else if (registry.testCompatibility(subject, ours)) {
      findings.add(Finding.ok(name(subject), "will take this version's schema"));
    } else {
      fail(
          subject,
          "it holds version "
              + latest.get().getVersion()
              + " of a schema that this version's is not compatible with",
          "run the release that wrote it, or give the topic another name");
    }
  }

  private void lookAtForeign(Contract contract, String subject, SchemaMetadata latest) {
    Schema theirs;
    try {
      theirs = new Schema.Parser().parse(latest.getSchema());
    } catch (SchemaParseException e) {
      fail(subject, "its latest schema is no Avro schema", "register the one of this project");
      return;
    }
    if (SchemaCompatibility.checkReaderWriterCompatibility(contract.schema(), theirs).getType()
        == SchemaCompatibilityType.COMPATIBLE) {
      findings.add(Finding.ok(name(subject), "version " + latest.getVersion() + " can be read"));
    } else {
      fail(
          subject,
          "records of its version "
              + latest.getVersion()
              + " cannot be read: they would all be"
              + " dead letters",
          "have the source write serdes/src/main/avro/" + contract.schema().getName() + ".avsc");
    }
  }

  private void lookAtCompatibility(SchemaRegistryClient registry, String subject)
      throws IOException, RestClientException {
    String level;
    try {
      level = registry.getCompatibility(subject);
    } catch (RestClientException e) {
      if (e.getStatus() != 404) {
        throw e;
      }
      level = globalCompatibility(registry);
    } catch (UnsupportedOperationException e) {
      // Confluent's mock:// registry knows no compatibility: nothing can be said of it.
      return;
    }
    if ("NONE".equalsIgnoreCase(level)) {
      findings.add(
          Finding.warning(
              name(subject),
              "its compatibility is NONE: anyone may register a schema that nobody can read",
              "set it to BACKWARD"));
    }
  }

  private static String globalCompatibility(SchemaRegistryClient registry)
      throws IOException, RestClientException {
    try {
      return registry.getCompatibility(null);
    } catch (RestClientException e) {
      if (e.getStatus() == 404) {
        return "";
      }
      throw e;
    }
  }

  private static Optional<SchemaMetadata> latest(SchemaRegistryClient registry, String subject)
      throws IOException, RestClientException {
    try {
      return Optional.of(registry.getLatestSchemaMetadata(subject));
    } catch (RestClientException e) {
      if (e.getStatus() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static boolean isRegistered(
      SchemaRegistryClient registry, String subject, AvroSchema schema)
      throws IOException, RestClientException {
    try {
      registry.getId(subject, schema);
      return true;
    } catch (RestClientException e) {
      if (e.getStatus() == 404) {
        return false;
      }
      throw e;
    }
  }

  private Finding unusable(Exception failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RestClientException answer
          && (answer.getStatus() == 401 || answer.getStatus() == 403)) {
        return Finding.failed(
            SUBJECT,
            url + " refuses these credentials (" + answer.getStatus() + ")",
            "check basic.auth.credentials.source and basic.auth.user.info, and what this user may");
      }
      if (cause instanceof SSLException) {
        return Finding.failed(
            SUBJECT,
            "TLS with " + url + " fails (" + cause.getMessage() + ")",
            "check the scheme of schema.registry.url, schema.registry.ssl.truststore.* and that the"
                + " certificate names the host");
      }
      if (cause instanceof UnknownHostException) {
        return Finding.failed(
            SUBJECT, "the host of " + url + " is not known", "check schema.registry.url");
      }
    }
    String what =
        failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    return Finding.failed(
        SUBJECT,
        "no usable answer from "
            + url
            + " ("
            + (what.length() > LONGEST_QUOTE ? what.substring(0, LONGEST_QUOTE) + "..." : what)
            + ")",
        "check schema.registry.url, its security and that the registry runs");
  }

  private static Schema withoutJava(Schema schema) {
    // Of a record: of a schema it would be the schema of a string.
    return AvroSchemaUtils.getSchema(
        SpecificData.get().newRecord(null, schema), false, false, true);
  }

  private static String name(String subject) {
    return "schema " + subject;
  }

  private void fail(String subject, String detail, String remedy) {
    findings.add(Finding.failed(name(subject), detail, remedy));
  }
}
