package io.turnwise.app.security;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate authority of one test and what it has signed, made by the JDK's keytool in a folder
 * that the test deletes.
 */
final class Certificates {
  private static final String PASSWORD = "of-this-test-only";
  private static final String CA = "ca";

  private final Path folder;
  private final Path store;

  private Certificates(Path folder) {
    this.folder = folder;
    this.store = folder.resolve("all.p12");
  }

  /** A new authority that keeps its files in the folder. */
  static Certificates in(Path folder) throws IOException {
    Certificates certificates = new Certificates(Files.createDirectories(folder));
    certificates.keytool(
        CA,
        List.of(
            "-dname",
            "CN=Authority " + folder.getFileName(),
            "-ext",
            "bc:c=ca:true",
            "-validity",
            "9"));
    certificates.write(certificates.authority(), certificates.pem(certificates.chain(CA)));
    return certificates;
  }

  /** The authority's certificate as a PEM file: a truststore. */
  Path authority() {
    return folder.resolve("ca.pem");
  }

  /**
   * Issues a certificate that is valid now.
   *
   * @param alternativeNames as keytool wants them: {@code ip:127.0.0.1}, {@code dns:localhost}
   * @return a PEM file of its key and its chain: a keystore
   */
  Path issue(String alias, String subject, String... alternativeNames) throws IOException {
    return issue(alias, subject, List.of("-validity", "8"), alternativeNames);
  }

  /** The same for a certificate that was valid until some days ago. */
  Path issueExpired(String alias, String subject, String... alternativeNames) throws IOException {
    return issue(alias, subject, List.of("-startdate", "-9d", "-validity", "3"), alternativeNames);
  }

  /** The PKCS12 keystore of everything, with its password; for servers of the JDK. */
  SSLContext serverContext(String alias) throws IOException {
    try {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry(
          alias, key(alias), PASSWORD.toCharArray(), chain(alias).toArray(Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, PASSWORD.toCharArray());
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry(CA, chain(CA).get(0));
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS context of " + alias, e);
    }
  }

  /** A PKCS12 keystore of one certificate, under a password of the caller's. */
  Path protectedStore(String alias, String password) throws IOException {
    try {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry(
          alias, key(alias), password.toCharArray(), chain(alias).toArray(Certificate[]::new));
      Path file = folder.resolve(alias + ".p12");
      try (var out = Files.newOutputStream(file)) {
        own.store(out, password.toCharArray());
      }
      return file;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no keystore of " + alias, e);
    }
  }

  private Path issue(
      String alias, String subject, List<String> validity, String... alternativeNames)
      throws IOException {
    List<String> arguments = new ArrayList<>(validity);
    arguments.addAll(List.of("-dname", subject, "-signer", CA, "-signerkeypass", PASSWORD));
    if (alternativeNames.length > 0) {
      arguments.addAll(List.of("-ext", "san=" + String.join(",", alternativeNames)));
    }
    keytool(alias, arguments);
    Path file = folder.resolve(alias + ".pem");
    write(file, pem("PRIVATE KEY", key(alias).getEncoded()) + pem(chain(alias)));
    return file;
  }

  private void keytool(String alias, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("keytool failed for " + alias + ": " + output);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Key key(String alias) throws IOException {
    try {
      return load().getKey(alias, PASSWORD.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new IOException("no key " + alias, e);
    }
  }

  private List<Certificate> chain(String alias) throws IOException {
    try {
      return Arrays.asList(load().getCertificateChain(alias));
    } catch (GeneralSecurityException e) {
      throw new IOException("no chain " + alias, e);
    }
  }

  private KeyStore load() throws IOException, GeneralSecurityException {
    KeyStore all = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      all.load(in, PASSWORD.toCharArray());
    }
    return all;
  }

  private String pem(List<Certificate> chain) throws IOException {
    StringBuilder text = new StringBuilder();
    try {
      for (Certificate certificate : chain) {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
    return text.toString();
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }

  private void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }
}
