package io.turnwise.app.preflight;

import io.turnwise.app.connect.ConnectionFault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.IllegalSaslStateException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;

/**
 * Looks at what a run needs of its cluster, before anything starts, and says in words what is
 * amiss. Creates and writes nothing.
 */
public final class Preflight {
  private static final String CLUSTER = "cluster";
  private static final int HIGHEST_PORT = 65_535;

  /** Host, in brackets where it is an IPv6 address, and port. */
  private static final Pattern PLACE =
      Pattern.compile("(?:[^/]*://)?\\[?([^\\[\\]/]+?)]?:(\\d{1,5})");

  private Preflight() {}

  /**
   * All that is to be said of the cluster: whether it can be reached, its brokers, topics, rights.
   *
   * @throws KafkaException if the thread is interrupted
   */
  public static List<Finding> cluster(Needs needs) {
    List<Finding> findings = new ArrayList<>();
    Map<String, String> properties = needs.properties();
    String servers = properties.getOrDefault(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, "");
    String protocol =
        properties
            .getOrDefault(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT")
            .toUpperCase(Locale.ROOT);
    List<Listener> listeners = listeners(servers, findings);
    boolean malformed = !findings.isEmpty();
    if (!lookAtListeners(listeners, protocol, findings) || malformed) {
      return findings;
    }
    try (ClusterLook look = ClusterLook.open(properties)) {
      Collection<Node> nodes = look.nodes();
      findings.add(Finding.ok(CLUSTER, servers + ", " + nodes.size() + " brokers, " + protocol));
      lookAtNodes(nodes, findings);
      ClusterState state = look.state(needs, nodes);
      findings.addAll(ClusterRules.findings(needs, state, Instant.now()));
      findings.addAll(TopicRules.findings(needs, state));
    } catch (ExecutionException e) {
      findings.add(refused(servers, protocol, e.getCause()));
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      findings.add(
          ConnectionFault.sentence(e, properties)
              .map(sentence -> Finding.failed(CLUSTER, sentence))
              .orElseGet(
                  () ->
                      Finding.failed(
                          CLUSTER,
                          "the settings make no client (" + cause.getMessage() + ")",
                          "correct them in the properties file")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("Interrupted while looking at the cluster", e);
    }
    return findings;
  }

  /**
   * What would stop a run for good and is quick to see: of the topics alone. Says nothing where the
   * cluster does not answer, since a run outlasts that.
   */
  public static List<Finding> fatal(Needs needs) {
    try (ClusterLook look = ClusterLook.open(needs.properties())) {
      SortedMap<String, TopicState> topics = look.topics(needs);
      ClusterState state =
          new ClusterState(
              Integer.MAX_VALUE,
              topics,
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      // One that was created a moment ago need not be known to every broker yet.
      Set<String> absent =
          topics.keySet().stream()
              .filter(topic -> isAbsent(topics.get(topic)))
              .map(TopicRules::subject)
              .collect(Collectors.toSet());
      return TopicRules.findings(needs, state).stream()
          .filter(finding -> finding.state() == Finding.State.FAILED)
          .filter(finding -> !absent.contains(finding.subject()))
          .toList();
    } catch (ExecutionException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("Interrupted while looking at the cluster", e);
    }
  }

  private static boolean isAbsent(TopicState state) {
    return state instanceof TopicState.Absent absent && absent.refusal().isEmpty();
  }

  private static boolean lookAtListeners(
      List<Listener> listeners, String protocol, List<Finding> findings) {
    boolean usable = false;
    boolean tls = protocol.endsWith("SSL");
    for (Listener listener : listeners) {
      String silence = listener.silence();
      if (!silence.isEmpty()) {
        findings.add(
            Finding.warning(
                CLUSTER,
                "nobody listens at " + listener + " (" + silence + ")",
                "check bootstrap.servers, the network and that the broker runs"));
      } else if (listener.speaksTls() == tls) {
        usable = true;
      } else {
        findings.add(
            Finding.failed(
                CLUSTER,
                listener
                    + (tls ? " does not speak TLS" : " speaks TLS")
                    + ", and security.protocol is "
                    + protocol,
                "set security.protocol="
                    + (tls
                        ? protocol.startsWith("SASL") ? "SASL_PLAINTEXT" : "PLAINTEXT"
                        : protocol.startsWith("SASL") ? "SASL_SSL" : "SSL or SASL_SSL")
                    + ", or name another listener of the broker"));
      }
    }
    if (!usable && findings.stream().noneMatch(f -> f.state() == Finding.State.FAILED)) {
      findings.add(
          Finding.failed(
              CLUSTER,
              "no Kafka broker answers at any of bootstrap.servers",
              "check bootstrap.servers, the network and that the brokers run"));
    }
    return usable;
  }

  /** What a broker is reached by is what it advertises, not what the settings name. */
  private static void lookAtNodes(Collection<Node> nodes, List<Finding> findings) {
    for (Node node : nodes) {
      Listener advertised = new Listener(node.host(), node.port());
      String silence = advertised.silence();
      if (!silence.isEmpty()) {
        findings.add(
            Finding.failed(
                "broker " + node.id(),
                "it advertises "
                    + advertised
                    + ", which cannot be reached from here ("
                    + silence
                    + ")",
                "correct its advertised.listeners, or the network"));
      }
    }
  }

  private static Finding refused(String servers, String protocol, Throwable cause) {
    String what =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    if (cause instanceof SslAuthenticationException) {
      return Finding.failed(
          CLUSTER,
          "TLS with " + servers + " fails (" + what + ")",
          "check ssl.truststore.*, ssl.keystore.* where the broker asks for a certificate, and that"
              + " its certificate names the host");
    }
    if (cause instanceof UnsupportedSaslMechanismException) {
      return Finding.failed(
          CLUSTER, servers + " refuses: " + what, "set sasl.mechanism to one of these");
    }
    if (cause instanceof IllegalSaslStateException) {
      return Finding.failed(
          CLUSTER,
          servers + " does not speak SASL (" + what + ")",
          "set security.protocol=" + (protocol.endsWith("SSL") ? "SSL" : "PLAINTEXT"));
    }
    if (cause instanceof AuthenticationException) {
      return Finding.failed(
          CLUSTER,
          servers + " refuses these credentials (" + what + ")",
          "check sasl.mechanism and sasl.jaas.config");
    }
    if (cause instanceof ClusterAuthorizationException) {
      return Finding.failed(
          CLUSTER, servers + " refuses: " + what, "allow DESCRIBE on the cluster");
    }
    if (cause instanceof TimeoutException) {
      return Finding.failed(
          CLUSTER,
          servers + " takes connections and answers no request (" + what + ")",
          "check security.protocol, which is "
              + protocol
              + ": the listener may ask for SASL, or be no Kafka broker");
    }
    return Finding.failed(CLUSTER, servers + " refuses: " + what, "see the broker's log");
  }

  private static List<Listener> listeners(String servers, List<Finding> findings) {
    List<Listener> listeners = new ArrayList<>();
    for (String server : servers.split(",")) {
      String place = server.strip();
      Matcher parts = PLACE.matcher(place);
      if (parts.matches() && Integer.parseInt(parts.group(2)) <= HIGHEST_PORT) {
        listeners.add(new Listener(parts.group(1), Integer.parseInt(parts.group(2))));
      } else {
        findings.add(
            Finding.failed(
                CLUSTER,
                "bootstrap.servers has '" + place + "', which is not HOST:PORT",
                "write host and port, 1 to 65535, of each broker, with commas between them"));
      }
    }
    return listeners;
  }
}
