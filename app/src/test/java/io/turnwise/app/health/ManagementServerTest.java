package io.turnwise.app.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
  /** Long after what the server promises: it is not the machine's speed that is tested. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ManagementServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        ManagementServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Map.of(
                "/page",
                () -> new ManagementServer.Answer(200, "text/plain", "it is here\n"),
                "/broken",
                () -> {
                  throw new IllegalStateException("a secret");
                }));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void shouldAnswerGetAndHeadWhenThePageIsKnown() throws IOException {
    String get = ask("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
    String head = ask("HEAD /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
    String query = ask("GET /page?a=b HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertTrue(get.startsWith("HTTP/1.1 200 "), get);
    assertTrue(get.endsWith("\r\n\r\nit is here\n"), get);
    assertTrue(head.startsWith("HTTP/1.1 200 "), head);
    assertTrue(head.endsWith("\r\n\r\n"), head);
    assertTrue(query.startsWith("HTTP/1.1 200 "), query);
  }

  @Test
  void shouldRefuseEverythingElse() throws IOException {
    for (String path :
        List.of("/", "/page/", "/page/more", "/pag", "/../page", "/%2e%2e/etc/passwd")) {
      String answer = ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 404 "), () -> path + ": " + answer);
    }
    for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH")) {
      String answer =
          ask(method + " /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 405 "), () -> method + ": " + answer);
      assertTrue(answer.contains("\r\nAllow: GET, HEAD\r\n"), answer);
    }
  }

  @Test
  void shouldAnswerOnlyWhoCallsItThisMachineWhenItListensForThisMachineAlone() throws IOException {
    for (String host :
        List.of("localhost", "LOCALHOST:8090", "127.0.0.1:1", "127.1.2.3", "[::1]:1")) {
      String answer = ask("GET /page HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 200 "), () -> host + ": " + answer);
    }
    for (String host :
        List.of("evil.example", "localhost.evil.example:8090", "127.0.0.1.evil.example")) {
      String answer = ask("GET /page HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertTrue(answer.startsWith("HTTP/1.1 421 "), () -> host + ": " + answer);
      assertTrue(!answer.contains("it is here"), answer);
    }
  }

  @Test
  void shouldSayNothingOfWhyAPageFailed() throws IOException {
    String answer = ask("GET /broken HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertTrue(answer.startsWith("HTTP/1.1 500 "), answer);
    assertTrue(!answer.contains("secret"), answer);
  }

  @Test
  void shouldDisconnectWhoeverDoesNotFinishTheRequestAndAnswerOthersMeanwhile() throws IOException {
    // Given clients that begin to ask and do not go on
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < ManagementServer.CONNECTIONS / 2; i++) {
        Socket socket = connect();
        socket.getOutputStream().write("GET /page HTTP/1.1\r\nHo".getBytes(StandardCharsets.UTF_8));
        slow.add(socket);
      }

      // When
      String answer = ask("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n");

      // Then
      assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
      for (Socket socket : slow) {
        assertEquals("", rest(socket));
      }
    } finally {
      close(slow);
    }
  }

  @Test
  void shouldTakeNoMoreConnectionsThanItsLimitAndRecover() throws IOException {
    // Given as many silent clients as there may be connections
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < ManagementServer.CONNECTIONS; i++) {
        silent.add(connect());
      }
      // Connections are accepted in order, so all of these are taken by when one more is refused.
      Optional<String> refused = asked();

      // Then one more is not answered
      assertEquals(Optional.empty(), refused);

      // And they are disconnected in their turn, after which others are answered
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (asked().isEmpty()) {
        assertTrue(System.nanoTime() < deadline, "not answered within " + PATIENCE);
        LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
      }
    } finally {
      close(silent);
    }
  }

  /** The answer; empty where the connection was refused. */
  private Optional<String> asked() {
    try {
      String answer = ask("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
      return answer.isEmpty() ? Optional.empty() : Optional.of(answer);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private String ask(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return rest(socket);
    }
  }

  private static String rest(Socket socket) throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (SocketException reset) {
      return "";
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
