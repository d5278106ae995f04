package io.turnwise.serdes;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * What a TLS handshake that failed says about the settings. The same for brokers and for the
 * registry, whose settings differ by a prefix.
 */
public final class TlsFault {
  private TlsFault() {}

  /**
   * Explains a failure, without quoting any setting's value.
   *
   * @param server who was spoken to, as the beginning of a sentence has it: "the broker at X"
   * @param address the setting that names the server: {@code bootstrap.servers}
   * @param prefix what stands before {@code ssl.} in the settings of this connection; may be empty
   * @return one sentence without its end, naming the setting; empty where TLS is not the cause
   */
  public static Optional<String> explain(
      Throwable failure, String server, String address, String prefix) {
    List<Throwable> causes = causes(failure);
    if (causes.stream().noneMatch(SSLException.class::isInstance)) {
      return Optional.empty();
    }
    if (causes.stream().anyMatch(CertificateExpiredException.class::isInstance)) {
      return Optional.of(
          "the certificate of "
              + server
              + ", or the authority's, has expired; it has to be renewed there, and in "
              + prefix
              + "ssl.truststore.location if it is the authority's");
    }
    if (causes.stream()
        .anyMatch(
            cause ->
                cause instanceof CertPathBuilderException
                    || cause instanceof CertPathValidatorException)) {
      return Optional.of(
          "the certificate of "
              + server
              + " is of no authority in "
              + prefix
              + "ssl.truststore.location; name a file with the authority that signed it");
    }
    String said = String.join(" ", causes.stream().map(TlsFault::message).toList());
    if (causes.stream().anyMatch(CertificateException.class::isInstance)
        && (said.contains("No name matching") || said.contains("No subject alternative"))) {
      return Optional.of(
          "the certificate of "
              + server
              + " is for another name; write one of its names in "
              + address
              + ", or have the certificate made for this one");
    }
    if (said.contains("fatal alert") && said.toLowerCase(Locale.ROOT).contains("cert")
        || said.contains("unknown_ca")) {
      return Optional.of(
          server
              + " refuses the certificate of this client, or misses one; check "
              + prefix
              + "ssl.keystore.location: not expired, and of an authority that it trusts");
    }
    if (said.contains("unrecognized SSL message") || said.contains("plaintext connection")) {
      return Optional.of(
          server + " does not answer in TLS; check the port in " + address + " and the protocol");
    }
    return Optional.of(
        server
            + " and this client agree on no TLS connection; check "
            + prefix
            + "ssl.enabled.protocols and "
            + prefix
            + "ssl.cipher.suites");
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable cause = failure;
        cause != null && !causes.contains(cause);
        cause = cause.getCause()) {
      causes.add(cause);
    }
    return causes;
  }

  private static String message(Throwable cause) {
    return cause.getMessage() == null ? "" : cause.getMessage();
  }
}
