package io.turnwise.app.run;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Under what name the application runs: that of its consumer group, its transactions and its
 * changelogs.
 *
 * @param fresh whether it was made for one run, so that nothing of it is needed afterwards
 */
record ApplicationId(String value, boolean fresh) {
  private static final DateTimeFormatter TO_THE_MILLISECOND =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  /**
   * The id that is named, else the settings', from embeddings with the moment behind it: two
   * different topologies must never share an id, and whoever has rights for a prefix has them for
   * both.
   *
   * @param settings what the application's own would be; may have none
   */
  static ApplicationId of(Optional<String> named, Input input, Properties settings, Instant now) {
    if (named.isPresent()) {
      return new ApplicationId(named.get(), false);
    }
    String own = settings.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
    return input == Input.AUDIO
        ? new ApplicationId(own, false)
        : new ApplicationId(own + "-embeddings-" + TO_THE_MILLISECOND.format(now), true);
  }

  /** The settings with this id in them. */
  Map<String, String> in(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put(StreamsConfig.APPLICATION_ID_CONFIG, value);
    return all;
  }
}
