package io.turnwise.app.preflight;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A place where a broker should listen.
 *
 * @param host name or address
 */
record Listener(String host, int port) {
  private static final int PATIENCE_MS = 5_000;

  /** Why nobody can be spoken to there; empty where a connection is accepted. */
  String silence() {
    try (Socket socket = new Socket()) {
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        return "the name " + host + " is not known";
      }
      socket.connect(address, PATIENCE_MS);
      return "";
    } catch (SocketTimeoutException e) {
      return "no answer within " + PATIENCE_MS / 1000 + " s";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Whether it speaks TLS. Kafka's clients do not find out: they take a TLS alert for the length of
   * an answer, and a broker that is spoken to in the wrong protocol says nothing at all.
   */
  boolean speaksTls() {
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), PATIENCE_MS);
      plain.setSoTimeout(PATIENCE_MS);
      try (SSLSocket socket =
          (SSLSocket) anybody().getSocketFactory().createSocket(plain, host, port, true)) {
        socket.startHandshake();
        return true;
      }
    } catch (SSLHandshakeException e) {
      // An alert is TLS; a connection that just ends is not.
      return String.valueOf(e.getMessage()).contains("alert");
    } catch (IOException e) {
      return false;
    }
  }

  /** Trusts everybody, since nothing is sent: who it is, is checked by Kafka's own client. */
  private static SSLContext anybody() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
