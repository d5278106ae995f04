package io.turnwise.serdes;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;

/** Tells a registry that gives no usable answer from a record that cannot be used. */
final class RegistryFault {
  private RegistryFault() {}

  /** The failure itself, or {@link RegistryUnavailable} where the registry is its cause. */
  static KafkaException ofReading(String topic, KafkaException failure) {
    return classify(topic, failure, RegistryFault::saysNothingOfTheSchemaId);
  }

  /** Like {@link #ofReading}; no answer to a writer's question is the record's fault. */
  static KafkaException ofWriting(String topic, KafkaException failure) {
    return classify(topic, failure, answer -> true);
  }

  private static KafkaException classify(
      String topic, KafkaException failure, Predicate<RestClientException> isFault) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      boolean fault =
          cause instanceof RestClientException answer ? isFault.test(answer) : isNoAnswer(cause);
      if (fault) {
        return new RegistryUnavailable(
            "the schema registry gave no usable answer for topic "
                + topic
                + ": "
                + explain(failure, cause),
            failure);
      }
    }
    return failure;
  }

  private static String explain(Throwable failure, Throwable fault) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RestClientException answer
          && (answer.getStatus() == 401 || answer.getStatus() == 403)) {
        return "it refuses the login ("
            + answer.getStatus()
            + "); check basic.auth.user.info, or bearer.auth.token, and their credentials.source";
      }
      boolean cut = cause instanceof SocketException && !(cause instanceof ConnectException);
      if (cut || isOfHttp(cause)) {
        return "it has closed the connection ("
            + cause.getMessage()
            + "); if it asks for certificates, check schema.registry.ssl.keystore.location";
      }
    }
    return TlsFault.explain(failure, "the registry", "schema.registry.url", "schema.registry.")
        .orElseGet(
            () ->
                fault.getMessage()
                    + "; see that schema.registry.url and the credentials are right, that it runs,"
                    + " and that it has or takes this version's schemas");
  }

  /** False where the registry does not know the id (40403) or will not take it for one. */
  private static boolean saysNothingOfTheSchemaId(RestClientException answer) {
    return switch (answer.getStatus()) {
      case 401, 403, 407, 408, 429 -> true;
      // A bare 404 comes of a wrong path in the registry's address.
      case 404 -> answer.getErrorCode() == 404;
      default -> answer.getStatus() >= 500;
    };
  }

  private static boolean isNoAnswer(Throwable cause) {
    // Confluent's serdes turn some answers into one ApiException or another:
    // AuthorizationException,
    // InvalidConfigurationException, TimeoutException. Bad bytes never come as one.
    return cause instanceof ApiException
        || cause instanceof SocketException
        || cause instanceof SocketTimeoutException
        || cause instanceof UnknownHostException
        || cause instanceof SSLException
        || isOfHttp(cause);
  }

  /** A connection that breaks is a bare IOException then; so are numbers that Avro cannot read. */
  private static boolean isOfHttp(Throwable cause) {
    StackTraceElement[] trace = cause.getStackTrace();
    return cause.getClass() == IOException.class
        && trace.length > 0
        && trace[0].getClassName().startsWith("sun.net.www.");
  }
}
