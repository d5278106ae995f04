package io.turnwise.serdes;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidConfigurationException;

/** Tells a registry that cannot be asked from a record that cannot be used. */
final class RegistryFault {
  private RegistryFault() {}

  /** The failure itself, or {@link RegistryUnavailable} where the registry is its cause. */
  static KafkaException classify(String topic, KafkaException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isOutage(cause)) {
        return new RegistryUnavailable(
            "the schema registry gave no usable answer for topic "
                + topic
                + ": "
                + cause.getMessage()
                + "; see that schema.registry.url and the credentials are right, that it runs, and"
                + " that it takes this version's schemas",
            failure);
      }
    }
    return failure;
  }

  private static boolean isOutage(Throwable cause) {
    if (cause instanceof RestClientException answer) {
      return switch (answer.getStatus()) {
        case 401, 403, 407, 408, 429 -> true;
        default -> answer.getStatus() >= 500;
      };
    }
    // InvalidConfigurationException is how Confluent's serdes report an error code 4xx, which does
    // not include a schema id that the registry does not know (40403).
    return cause instanceof InvalidConfigurationException
        || cause instanceof SocketException
        || cause instanceof SocketTimeoutException
        || cause instanceof UnknownHostException
        || cause instanceof SSLException;
  }
}
