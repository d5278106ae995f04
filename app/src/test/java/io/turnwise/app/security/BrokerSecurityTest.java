package io.turnwise.app.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.turnwise.app.CommandFailed;
import io.turnwise.app.broker.Topics;
import io.turnwise.app.run.Cluster;
import io.turnwise.topology.TurnwiseSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way to log in to a broker, and what is said where it fails. */
@TestInstance(Lifecycle.PER_CLASS)
class BrokerSecurityTest {
  private static final String USER = "tracker";
  private static final String PASSWORD = "right-pass-4711";
  private static final String WRONG = "wrong-pass-0815";
  private static final String ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls";
  private static final String OAUTH =
      "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;";

  private final List<AutoCloseable> resources = new ArrayList<>();
  private Path folder;
  private Certificates certificates;
  private Certificates others;
  private RsaJsonWebKey tokenKey;
  private SecureBroker sasl;
  private SecureBroker mutualTls;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    certificates = Certificates.in(folder.resolve("ours"));
    others = Certificates.in(folder.resolve("others"));
    Path certificate = certificates.issue("broker", "CN=broker", "ip:127.0.0.1");
    tokenKey = RsaJwkGenerator.generateJwk(2048);
    tokenKey.setKeyId("test");
    Path keys =
        Files.writeString(folder.resolve("keys.json"), "{\"keys\":[" + tokenKey.toJson() + "]}");
    System.setProperty(ALLOWED_URLS, keys.toUri() + "," + token().toUri());
    String oauth = "listener.name.broker.oauthbearer.";
    sasl =
        SecureBroker.sasl(
            folder.resolve("sasl"),
            certificates,
            certificate,
            PASSWORD,
            Map.of(
                "sasl.enabled.mechanisms",
                "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
                oauth + "sasl.jaas.config",
                OAUTH.replace(";", " unsecuredLoginStringClaim_sub=\"unused\";"),
                oauth + "sasl.server.callback.handler.class",
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler",
                "sasl.oauthbearer.jwks.endpoint.url",
                keys.toUri().toString(),
                "sasl.oauthbearer.expected.audience",
                "kafka",
                "sasl.oauthbearer.expected.issuer",
                "test"));
    resources.add(sasl);
    sasl.setPassword(USER, PASSWORD);
    mutualTls = SecureBroker.mutualTls(folder.resolve("mutual"), certificates, certificate);
    resources.add(mutualTls);
    for (SecureBroker broker : List.of(sasl, mutualTls)) {
      try (Admin admin = broker.admin()) {
        Topics.of(TurnwiseSettings.of(Map.of()), 1).createMissing(admin);
        admin
            .createAcls(
                List.of(USER, SecureBroker.PLAIN_USER, "token-user").stream()
                    .map(BrokerSecurityTest::maySeeAllTopics)
                    .toList())
            .all()
            .get();
      }
    }
  }

  @AfterAll
  void close() throws Exception {
    System.clearProperty(ALLOWED_URLS);
    for (AutoCloseable resource : resources) {
      resource.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-512"})
  void shouldLogInWithScram(String mechanism) {
    assertEquals(Set.of(), check(sasl, scram(mechanism, PASSWORD)));
  }

  @Test
  void shouldLogInWithPlain() {
    assertEquals(Set.of(), check(sasl, plain(PASSWORD)));
  }

  @Test
  void shouldLogInWithATokenFromAFile() throws Exception {
    writeToken("kafka");
    assertEquals(Set.of(), check(sasl, oauth()));
  }

  @Test
  void shouldBeWhoTheCertificateSays() throws Exception {
    // Given
    Path client = certificates.issue("client", "CN=Tracker,OU=Speech");

    // When
    Set<String> created =
        check(mutualTls, SecureBroker.mutualTlsClient(certificates.authority(), client));

    // Then it may see the topics that only the user "tracker" may see
    assertEquals(Set.of(), created);
    Path stranger = certificates.issue("stranger", "CN=Stranger,OU=Speech");
    assertSentence(
        mutualTls,
        SecureBroker.mutualTlsClient(certificates.authority(), stranger),
        "that this user may see");
  }

  @ParameterizedTest
  @CsvSource({"SCRAM-SHA-256", "SCRAM-SHA-512"})
  void shouldNameTheLoginsSettingWhenThePasswordIsWrong(String mechanism) {
    assertSentence(sasl, scram(mechanism, WRONG), "sasl.jaas.config");
  }

  @Test
  void shouldNameTheLoginsSettingWhenThePasswordOfPlainIsWrong() {
    assertSentence(sasl, plain(WRONG), "sasl.jaas.config");
  }

  @Test
  void shouldNameTheLoginsSettingWhenTheTokenIsForSomebodyElse() throws Exception {
    writeToken("elsewhere");
    assertSentence(sasl, oauth(), "sasl.");
  }

  @Test
  void shouldNameTheMechanismWhenTheBrokerHasAnother() {
    Map<String, String> client = new HashMap<>(scram("SCRAM-SHA-256", PASSWORD));
    client.put("sasl.mechanism", "EXTERNAL");
    assertSentence(sasl, client, "sasl.mechanism");
  }

  @Test
  void shouldNameTheTruststoreWhenTheAuthorityIsAnother() {
    assertSentence(
        sasl,
        SecureBroker.saslClient(
            others.authority(),
            "PLAIN",
            SecureBroker.jaas(SecureBroker.PLAIN, SecureBroker.PLAIN_USER, PASSWORD)),
        "ssl.truststore.location");
  }

  @Test
  void shouldNameTheAddressWhenTheCertificateIsForAnotherName() {
    // Given a certificate for 127.0.0.1 only
    Map<String, String> client = new HashMap<>(plain(PASSWORD));
    client.put("bootstrap.servers", sasl.bootstrapServers().replace("127.0.0.1", "localhost"));

    // When, Then
    assertSentence(client, "bootstrap.servers");
  }

  @Test
  void shouldSayThatTheServersCertificateHasExpired() throws Exception {
    // Given a stand-in that shows an expired certificate: Kafka does not start with one
    certificates.issueExpired("expired", "CN=broker", "ip:127.0.0.1");
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificates.serverContext("expired")));
    server.start();
    try {
      Map<String, String> client = new HashMap<>(plain(PASSWORD));
      client.put("bootstrap.servers", "127.0.0.1:" + server.getAddress().getPort());

      // When, Then
      assertSentence(client, "has expired");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void shouldNameTheKeystoreWhenTheClientsCertificateIsRefused() throws Exception {
    Path expired = certificates.issueExpired("expired-client", "CN=Tracker");
    Path foreign = others.issue("foreign-client", "CN=Tracker");
    for (Path certificate : List.of(expired, foreign)) {
      assertSentence(
          mutualTls,
          SecureBroker.mutualTlsClient(certificates.authority(), certificate),
          "ssl.keystore.location");
    }
    assertSentence(
        mutualTls,
        Map.of(
            "security.protocol", "SSL",
            "ssl.truststore.type", "PEM",
            "ssl.truststore.location", certificates.authority().toString()),
        "ssl.keystore.location");
  }

  @Test
  void shouldNameTheKeystoreWhenItsPasswordIsWrong() throws Exception {
    // Given
    certificates.issue("protected", "CN=Tracker");
    Map<String, String> client =
        new HashMap<>(
            SecureBroker.mutualTlsClient(
                certificates.authority(), certificates.protectedStore("protected", PASSWORD)));
    client.put("ssl.keystore.type", "PKCS12");
    client.put("ssl.keystore.password", WRONG);

    // When, Then
    assertSentence(mutualTls, client, "ssl.keystore.password");
  }

  @Test
  void shouldNameTheFileThatIsNotThere() {
    assertSentence(
        sasl,
        SecureBroker.saslClient(
            folder.resolve("none.pem"),
            "PLAIN",
            SecureBroker.jaas(SecureBroker.PLAIN, SecureBroker.PLAIN_USER, PASSWORD)),
        "none.pem");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "M username=\"u\" password=\"right-pass-4711\";",
        "M required username=\"u\" password=\"right-pass-4711\"",
        "M required password \"right-pass-4711\";",
        "M required right-pass-4711;",
        "M right-pass-4711;",
        "right-pass-4711",
        "org.example.None required password=\"right-pass-4711\";",
      })
  void shouldNameTheLoginsSettingAndQuoteNothingWhenItCannotBeRead(String jaas) {
    Map<String, String> client = new HashMap<>(scram("SCRAM-SHA-256", PASSWORD));
    client.put("sasl.jaas.config", jaas.replaceAll("^M ", SecureBroker.SCRAM + " "));
    assertSentence(sasl, client, "sasl.jaas.config");
  }

  private static AclBinding maySeeAllTopics(String user) {
    return new AclBinding(
        new ResourcePattern(ResourceType.TOPIC, "*", PatternType.LITERAL),
        new AccessControlEntry(
            "User:" + user, "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW));
  }

  private Map<String, String> scram(String mechanism, String password) {
    return SecureBroker.saslClient(
        certificates.authority(), mechanism, SecureBroker.jaas(SecureBroker.SCRAM, USER, password));
  }

  private Map<String, String> plain(String password) {
    return SecureBroker.saslClient(
        certificates.authority(),
        "PLAIN",
        SecureBroker.jaas(SecureBroker.PLAIN, SecureBroker.PLAIN_USER, password));
  }

  private Map<String, String> oauth() {
    Map<String, String> client =
        new HashMap<>(SecureBroker.saslClient(certificates.authority(), "OAUTHBEARER", OAUTH));
    client.put(
        "sasl.login.callback.handler.class",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler");
    client.put("sasl.oauthbearer.token.endpoint.url", token().toUri().toString());
    return client;
  }

  private Path token() {
    return folder.resolve("token.jwt");
  }

  private void writeToken(String audience) throws Exception {
    JwtClaims claims = new JwtClaims();
    claims.setSubject("token-user");
    claims.setAudience(audience);
    claims.setIssuer("test");
    claims.setIssuedAtToNow();
    claims.setExpirationTime(NumericDate.fromSeconds(NumericDate.now().getValue() + 3600));
    JsonWebSignature signature = new JsonWebSignature();
    signature.setPayload(claims.toJson());
    signature.setKey(tokenKey.getPrivateKey());
    signature.setKeyIdHeaderValue(tokenKey.getKeyId());
    signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
    Files.writeString(token(), signature.getCompactSerialization());
  }

  private static Set<String> check(SecureBroker broker, Map<String, String> client) {
    Map<String, String> settings = new HashMap<>(client);
    settings.putIfAbsent("bootstrap.servers", broker.bootstrapServers());
    return Cluster.check(settings, Topics.of(TurnwiseSettings.of(Map.of()), 1), false);
  }

  private static void assertSentence(
      SecureBroker broker, Map<String, String> client, String setting) {
    Map<String, String> settings = new HashMap<>(client);
    settings.put("bootstrap.servers", broker.bootstrapServers());
    assertSentence(settings, setting);
  }

  private static void assertSentence(Map<String, String> client, String setting) {
    CommandFailed failure =
        assertThrows(
            CommandFailed.class,
            () -> Cluster.check(client, Topics.of(TurnwiseSettings.of(Map.of()), 1), false));
    String sentence = failure.getMessage();
    assertTrue(sentence.contains(setting), sentence);
    assertEquals(1, sentence.lines().count(), sentence);
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      assertFalse(String.valueOf(cause.getMessage()).contains(WRONG), cause::toString);
      assertFalse(String.valueOf(cause.getMessage()).contains(PASSWORD), cause::toString);
    }
  }
}
