package io.turnwise.app.security;

import io.turnwise.app.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * A real broker that lets nobody in without TLS and a name, and lets nobody do anything without a
 * right: Kafka's own StandardAuthorizer. It listens as 127.0.0.1.
 */
final class SecureBroker implements AutoCloseable {
  static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";
  static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule";
  static final String PLAIN_USER = "plain-user";

  private static final String ADMIN = "admin";
  private static final String ADMIN_PASSWORD = "admin-of-this-test";

  private final EmbeddedBroker broker;
  private final Map<String, String> adminSettings;

  private SecureBroker(EmbeddedBroker broker, Map<String, String> adminSettings) {
    this.broker = broker;
    this.adminSettings = new HashMap<>(adminSettings);
    this.adminSettings.put("bootstrap.servers", broker.bootstrapServers());
  }

  /**
   * With TLS and SASL: SCRAM, and PLAIN for the administrator and one user more.
   *
   * @param certificate a PEM keystore
   * @param plainPassword the password of {@link #PLAIN_USER}
   * @param more broker settings that win over those chosen here
   */
  static SecureBroker sasl(
      Path folder,
      Certificates certificates,
      Path certificate,
      String plainPassword,
      Map<String, String> more)
      throws IOException {
    Map<String, String> settings = new HashMap<>(guarded("SASL_SSL", certificates, certificate));
    settings.put("super.users", "User:" + ADMIN + ";User:ANONYMOUS");
    settings.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put(
        "listener.name.broker.plain.sasl.jaas.config",
        jaas(PLAIN, ADMIN, ADMIN_PASSWORD)
            .replace(
                ";",
                " user_"
                    + ADMIN
                    + "=\""
                    + ADMIN_PASSWORD
                    + "\" user_"
                    + PLAIN_USER
                    + "=\""
                    + plainPassword
                    + "\";"));
    for (String scram : List.of("scram-sha-256", "scram-sha-512")) {
      settings.put("listener.name.broker." + scram + ".sasl.jaas.config", SCRAM + " required;");
    }
    settings.putAll(more);
    return new SecureBroker(
        EmbeddedBroker.start(folder, settings),
        saslClient(certificates.authority(), "PLAIN", jaas(PLAIN, ADMIN, ADMIN_PASSWORD)));
  }

  /**
   * With TLS alone: a client is who its certificate says, by the rule that the common name, in
   * small letters, is the user.
   *
   * @param certificate a PEM keystore whose common name is {@code broker}
   */
  static SecureBroker mutualTls(Path folder, Certificates certificates, Path certificate)
      throws IOException {
    Map<String, String> settings = new HashMap<>(guarded("SSL", certificates, certificate));
    settings.put("super.users", "User:broker;User:ANONYMOUS");
    settings.put("ssl.client.auth", "required");
    settings.put("ssl.principal.mapping.rules", "RULE:^CN=([^,]+),.*$/$1/L,RULE:^CN=(.+)$/$1/L");
    return new SecureBroker(
        EmbeddedBroker.start(folder, settings),
        mutualTlsClient(certificates.authority(), certificate));
  }

  /** What a client of {@link #sasl} needs beside the address. */
  static Map<String, String> saslClient(Path authority, String mechanism, String jaas) {
    return Map.of(
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        mechanism,
        "sasl.jaas.config",
        jaas,
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        authority.toString());
  }

  /** What a client of {@link #mutualTls} needs beside the address. */
  static Map<String, String> mutualTlsClient(Path authority, Path certificate) {
    return Map.of(
        "security.protocol", "SSL",
        "ssl.keystore.type", "PEM",
        "ssl.keystore.location", certificate.toString(),
        "ssl.truststore.type", "PEM",
        "ssl.truststore.location", authority.toString());
  }

  static String jaas(String module, String user, String password) {
    return module + " required username=\"" + user + "\" password=\"" + password + "\";";
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** A client that may do everything; the caller's to close. */
  Admin admin() {
    return Admin.create(new HashMap<>(adminSettings));
  }

  /** What a client that may do everything needs, address included. */
  Map<String, String> adminSettings() {
    return Map.copyOf(adminSettings);
  }

  /** Adds a user, or changes its password, for both SCRAM mechanisms. */
  void setPassword(String user, String password) throws ExecutionException, InterruptedException {
    try (Admin admin = admin()) {
      for (ScramMechanism mechanism :
          List.of(ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512)) {
        UserScramCredentialAlteration alteration =
            new UserScramCredentialUpsertion(
                user, new ScramCredentialInfo(mechanism, 4096), password);
        admin.alterUserScramCredentials(List.of(alteration)).all().get();
      }
    }
  }

  @Override
  public void close() {
    broker.close();
  }

  private static Map<String, String> guarded(
      String protocol, Certificates certificates, Path certificate) {
    return Map.of(
        "listener.security.protocol.map",
        "BROKER:" + protocol + ",CONTROLLER:PLAINTEXT",
        "authorizer.class.name",
        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "ssl.keystore.type",
        "PEM",
        "ssl.keystore.location",
        certificate.toString(),
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        certificates.authority().toString());
  }
}
