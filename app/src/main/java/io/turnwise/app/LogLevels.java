package io.turnwise.app;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How much is logged, as system properties of SLF4J's simple logger. What the caller has set stays,
 * but for levels at which Kafka writes down what is in records.
 */
final class LogLevels {
  private static final String DEFAULT = "org.slf4j.simpleLogger.defaultLogLevel";
  private static final String OF = "org.slf4j.simpleLogger.log.";

  private static final List<String> WORDY =
      List.of(
          "io.confluent",
          "org.apache.kafka.clients.admin",
          "org.apache.kafka.clients.consumer.ConsumerConfig",
          "org.apache.kafka.clients.producer.ProducerConfig",
          "org.apache.kafka.common.config.AbstractConfig",
          "org.apache.kafka.common.metrics",
          "org.apache.kafka.common.utils.AppInfoParser",
          "org.apache.kafka.streams.StreamsConfig");

  /** Write whole records, with what was said in them, at their level trace. */
  private static final List<String> TELLTALE =
      List.of("org.apache.kafka.clients.producer", "org.apache.kafka.streams");

  private LogLevels() {}

  /** Loggers read their levels once, so they are set before the first is made. */
  static void choose(String[] args) {
    boolean service = Arrays.asList(args).contains("run");
    setUnlessSet(DEFAULT, service ? "info" : "off");
    setUnlessSet("org.slf4j.simpleLogger.showDateTime", "true");
    setUnlessSet("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    if (service) {
      // Each of its dozen clients would print all of its settings.
      for (String wordy : WORDY) {
        setUnlessSet(OF + wordy, "warn");
      }
    } else {
      setUnlessSet(OF + "io.turnwise", "warn");
      // Its faults end the command with a sentence.
      setUnlessSet(OF + "io.turnwise.app", "off");
    }
    withholdRecords();
  }

  private static void withholdRecords() {
    // With each record it cannot read it prints a whole stack and what the record made Avro say.
    System.setProperty(
        OF + "org.apache.kafka.streams.processor.internals.RecordDeserializer", "error");
    for (String telltale : TELLTALE) {
      if (isTrace(levelOf(telltale))) {
        System.setProperty(OF + telltale, "debug");
      }
      for (String property : System.getProperties().stringPropertyNames()) {
        if (property.startsWith(OF + telltale) && isTrace(System.getProperty(property))) {
          System.setProperty(property, "debug");
        }
      }
    }
  }

  /** A logger that is not named has the level of the nearest around it that is. */
  private static String levelOf(String logger) {
    for (String name = logger; !name.isEmpty(); name = around(name)) {
      String level = System.getProperty(OF + name);
      if (level != null) {
        return level;
      }
    }
    return System.getProperty(DEFAULT);
  }

  private static String around(String logger) {
    return logger.contains(".") ? logger.substring(0, logger.lastIndexOf('.')) : "";
  }

  private static boolean isTrace(String level) {
    return level.strip().toLowerCase(Locale.ROOT).equals("trace");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
