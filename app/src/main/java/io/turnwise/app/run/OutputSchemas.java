package io.turnwise.app.run;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.turnwise.app.CommandFailed;
import io.turnwise.serdes.Contract;
import io.turnwise.serdes.RegistryUnavailable;
import io.turnwise.serdes.WrittenSchemas;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that the registry has the schemas of all that a run writes before the run takes part
 * in its group: an instance that cannot write is not to take calls from one that can, and of
 * several that register one schema at once some registries refuse all but one.
 */
final class OutputSchemas {
  private static final Logger log = LoggerFactory.getLogger(OutputSchemas.class);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final int REFUSALS = 5;
  private static final String ANSWER_MILLIS = "10000";

  private final Map<String, Contract> topics = new LinkedHashMap<>();
  private final Map<String, String> properties;
  private final Duration patience;

  /**
   * @param properties Kafka's, Confluent's and Turnwise's settings
   * @param patience how long a registry may be silent
   */
  OutputSchemas(Map<String, String> properties, Duration patience) {
    // Asked again here, with a line in the log; Confluent's client would wait before each refusal.
    Map<String, String> once = new HashMap<>(properties);
    once.put("max.retries", "0");
    once.remove("schema.registry.max.retries");
    // One that takes a connection and says nothing is not waited for past the patience, or a stop.
    once.putIfAbsent("http.read.timeout.ms", ANSWER_MILLIS);
    this.properties = Map.copyOf(once);
    this.patience = patience;
  }

  /** One topic that is written. */
  OutputSchemas with(Contract contract, String topic) {
    topics.put(topic, contract);
    return this;
  }

  /**
   * Waits until the registry has them.
   *
   * @param stop whether to wait no longer
   * @throws CommandFailed if it refuses them, or is silent for longer than the patience
   */
  void await(BooleanSupplier stop) {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean waited = false;
    for (Map.Entry<String, Contract> topic : topics.entrySet()) {
      int refused = 0;
      for (boolean done = false; !done && !stop.getAsBoolean(); ) {
        try {
          WrittenSchemas.require(topic.getValue(), topic.getKey(), properties);
          done = true;
        } catch (RegistryUnavailable e) {
          refused += isRefusal(e) ? 1 : 0;
          if (refused == REFUSALS || System.nanoTime() - deadline > 0) {
            throw new CommandFailed(e.getMessage(), e);
          }
          if (!waited) {
            log.warn("waiting for the schema registry: {}", e.getMessage());
            waited = true;
          }
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      }
    }
    if (waited) {
      log.info("the schema registry has all schemas");
    }
  }

  private static boolean isRefusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RestClientException answer) {
        return answer.getStatus() < 500;
      }
    }
    return false;
  }
}
