package io.turnwise.app.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerTest {
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir Path folder;

  @Test
  void shouldKnowAListenerThatSpeaksTls() throws Exception {
    try (ServerSocket server =
        tls().getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      answer(server);

      Listener listener = new Listener("127.0.0.1", server.getLocalPort());

      assertEquals("", listener.silence());
      assertTrue(listener.speaksTls());
    }
  }

  @Test
  void shouldKnowAListenerThatEndsTheConnectionOfWhoSpeaksTls() throws Exception {
    // Given one that does as a broker without TLS does
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      answer(server);

      Listener listener = new Listener("127.0.0.1", server.getLocalPort());

      assertEquals("", listener.silence());
      assertFalse(listener.speaksTls());
    }
  }

  @Test
  void shouldSayWhyNobodyAnswers() throws Exception {
    int port;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }

    assertNotEquals("", new Listener("127.0.0.1", port).silence());
    assertTrue(new Listener("no-such-host.invalid", 1).silence().contains("not known"));
  }

  private static void answer(ServerSocket server) {
    Thread thread =
        new Thread(
            () -> {
              while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                  socket.getInputStream().read(new byte[64]);
                } catch (IOException e) {
                  // the client has gone, or the server is closed
                }
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private SSLContext tls() throws Exception {
    Path store = folder.resolve("key.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    assertTrue(keytool.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, keytool.exitValue());
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
