package io.turnwise.app.connect;

import io.turnwise.app.CommandFailed;
import io.turnwise.serdes.RegistryUnavailable;
import io.turnwise.serdes.TlsFault;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.security.auth.login.LoginException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Says in one sentence why a cluster or the registry cannot be used, and which setting or right is
 * to be looked at. No sentence holds the value of a setting that is a secret.
 */
public final class ConnectionFault {
  private static final String RIGHTS = "; grant it, docs/how-to/run-against-a-cluster.md has all";
  private static final String JAAS = "JAAS config";
  private static final List<String> STORES =
      List.of(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG, SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG);

  private ConnectionFault() {}

  /**
   * The sentence for a failure of a client of Kafka's or of the registry.
   *
   * @param settings what the client was made with
   * @return empty where the failure says nothing about the connection or the rights
   */
  public static Optional<String> sentence(Throwable failure, Map<String, String> settings) {
    String broker = "the broker at " + settings.get(Connection.BOOTSTRAP);
    String around = "";
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Optional<String> sentence = of(cause, around, broker, settings);
      around = String.valueOf(cause.getMessage());
      if (sentence.isPresent()) {
        return sentence.map(text -> Secrets.hide(text, settings)).map(ConnectionFault::asSentence);
      }
    }
    return TlsFault.explain(failure, broker, Connection.BOOTSTRAP, "")
        .or(() -> timeout(failure, settings))
        .map(text -> Secrets.hide(text, settings))
        .map(ConnectionFault::asSentence);
  }

  /**
   * A client of Kafka's.
   *
   * @param client makes it of the settings
   * @throws CommandFailed if the settings make none, saying which is to be looked at
   */
  public static <T> T orSentence(Supplier<T> client, Map<String, String> settings) {
    try {
      return client.get();
    } catch (KafkaException e) {
      throw asCommandFailed(e, settings);
    }
  }

  /** The failure as the end of a command; one that is no fault of the connection stays itself. */
  public static RuntimeException asCommandFailed(
      KafkaException failure, Map<String, String> settings) {
    Optional<String> sentence = sentence(failure, settings);
    if (sentence.isEmpty()) {
      return failure;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof LoginException || String.valueOf(cause.getMessage()).contains(JAAS)) {
        // Its message may quote a piece of the password, and a stack trace has all messages.
        return new CommandFailed(sentence.get());
      }
    }
    return new CommandFailed(sentence.get(), failure);
  }

  /**
   * @param around what the exception says that has this one as its cause
   */
  private static Optional<String> of(
      Throwable cause, String around, String broker, Map<String, String> settings) {
    if (cause instanceof RegistryUnavailable) {
      return Optional.of(cause.getMessage());
    }
    if (cause instanceof SaslAuthenticationException) {
      return Optional.of(
          broker
              + " refuses the login with "
              + mechanism(settings)
              + " ("
              + cause.getMessage()
              + "); check user and password in sasl.jaas.config, and sasl.mechanism");
    }
    if (cause instanceof UnsupportedSaslMechanismException
        || cause instanceof IllegalSaslStateException) {
      return Optional.of(
          broker
              + " takes no login with "
              + mechanism(settings)
              + " ("
              + cause.getMessage()
              + "); set sasl.mechanism to one that it has");
    }
    if (cause instanceof TopicAuthorizationException topics) {
      return Optional.of(
          "this user has not the right that is needed on the topic "
              + (topics.unauthorizedTopics().isEmpty()
                  ? "(" + around.replaceAll("\\R.*", "") + ")"
                  : String.join(", ", topics.unauthorizedTopics()))
              + RIGHTS);
    }
    if (cause instanceof GroupAuthorizationException) {
      return Optional.of(
          "this user has not the right to read as the group "
              + settings.getOrDefault(StreamsConfig.APPLICATION_ID_CONFIG, settings.get("group.id"))
              + RIGHTS);
    }
    if (cause instanceof TransactionalIdAuthorizationException) {
      return Optional.of(
          "this user has not the right to write with transactional ids that begin with "
              + settings.get(StreamsConfig.APPLICATION_ID_CONFIG)
              + RIGHTS);
    }
    if (cause instanceof ClusterAuthorizationException) {
      return Optional.of(
          "this user has not the right on the cluster (" + cause.getMessage() + ")" + RIGHTS);
    }
    return ofSettings(cause, settings);
  }

  private static Optional<String> ofSettings(Throwable cause, Map<String, String> settings) {
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    // Not quoted: what Kafka took for a module or a key may be a piece of the password.
    if (cause instanceof LoginException || message.contains(JAAS)) {
      return Optional.of(
          "the setting sasl.jaas.config cannot be used; its form is"
              + " MODULE required username=\"NAME\" password=\"PASSWORD\";");
    }
    if (cause instanceof ConfigException
        && (message.contains("sasl.") || message.contains("ssl.") || message.contains("auth."))) {
      return Optional.of("a setting cannot be used: " + message);
    }
    if (message.startsWith("Failed to load")) {
      Optional<String> at =
          settings.entrySet().stream()
              .filter(entry -> STORES.stream().anyMatch(entry.getKey()::endsWith))
              .filter(entry -> message.contains(entry.getValue()))
              .map(Map.Entry::getKey)
              .min(String::compareTo);
      if (at.isPresent()) {
        String location = at.get();
        return Optional.of(
            "the setting "
                + location
                + " names "
                + settings.get(location)
                + ", which cannot be used ("
                + reason(cause)
                + "); check the file, "
                + location.replace("location", "type")
                + " and "
                + location.replace("location", "password"));
      }
    }
    return Optional.empty();
  }

  private static String reason(Throwable failure) {
    Throwable deepest = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return cause instanceof NoSuchFileException ? "there is no such file" : lastIo(cause);
      }
      deepest = cause;
    }
    return deepest.getClass().getSimpleName();
  }

  private static String lastIo(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof NoSuchFileException) {
        return "there is no such file";
      }
      if (cause instanceof AccessDeniedException) {
        return "it may not be read";
      }
    }
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }

  private static Optional<String> timeout(Throwable failure, Map<String, String> settings) {
    return failure instanceof TimeoutException
        ? Optional.of(
            "no Kafka broker answers at "
                + settings.get(Connection.BOOTSTRAP)
                + "; check bootstrap.servers and security.protocol, "
                + settings.getOrDefault(
                    CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                    CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL))
        : Optional.empty();
  }

  private static String mechanism(Map<String, String> settings) {
    return settings.getOrDefault(SaslConfigs.SASL_MECHANISM, SaslConfigs.DEFAULT_SASL_MECHANISM);
  }

  private static String asSentence(String text) {
    String line = text.strip();
    return Character.toUpperCase(line.charAt(0))
        + line.substring(1)
        + (line.endsWith(".") || line.endsWith(";") ? "" : ".");
  }
}
