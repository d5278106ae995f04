package io.turnwise.app.health;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers GET and HEAD for some pages, and nothing else. At most {@value #CONNECTIONS} connections
 * are open at a time, further ones are closed at once; whoever takes more than {@value
 * #REQUEST_SECONDS} s to ask, or {@value #ANSWER_SECONDS} s to listen, is disconnected. Listening
 * for this machine alone, it answers only who calls it so: a page in a browser here, whose name was
 * made to lead here, does not. Thread-safe.
 */
final class ManagementServer implements AutoCloseable {
  static final int CONNECTIONS = 32;
  static final int REQUEST_SECONDS = 5;
  static final int ANSWER_SECONDS = 10;

  private static final Logger log = LoggerFactory.getLogger(ManagementServer.class);
  private static final int BACKLOG = 16;

  private static final Pattern THIS_MACHINE =
      Pattern.compile("(?i)(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]*)?");

  static {
    // The JDK's server reads its limits once, from here, and has none by default.
    limit("jdk.httpserver.maxConnections", CONNECTIONS);
    limit("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
    limit("sun.net.httpserver.maxRspTime", ANSWER_SECONDS);
    limit("sun.net.httpserver.idleInterval", REQUEST_SECONDS);
    limit("sun.net.httpserver.clockTick", 1000);
    limit("sun.net.httpserver.maxReqHeaders", 50);
    limit("sun.net.httpserver.maxReqHeaderSize", 16_384);
    limit("sun.net.httpserver.drainAmount", 0);
  }

  private final HttpServer server;
  private final ExecutorService workers;

  /** What a page says. */
  record Answer(int status, String contentType, String body) {
    static Answer json(boolean good, String body) {
      return new Answer(good ? 200 : 503, "application/json", body);
    }
  }

  private ManagementServer(HttpServer server, ExecutorService workers) {
    this.server = server;
    this.workers = workers;
  }

  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  /**
   * Listens from now on.
   *
   * @param pages what to answer, by path; asked for by several threads at a time
   * @throws IOException if the address cannot be listened on
   */
  static ManagementServer start(InetSocketAddress address, Map<String, Supplier<Answer>> pages)
      throws IOException {
    HttpServer server = HttpServer.create(address, BACKLOG);
    // As many as there are connections: one that is slow keeps no other waiting.
    ExecutorService workers =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "turnwise-management");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(workers);
    Map<String, Supplier<Answer>> known = Map.copyOf(pages);
    boolean here = server.getAddress().getAddress().isLoopbackAddress();
    server.createContext("/", exchange -> serve(exchange, known, here));
    server.start();
    return new ManagementServer(server, workers);
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return server.getAddress();
  }

  private static void serve(
      HttpExchange exchange, Map<String, Supplier<Answer>> pages, boolean here) throws IOException {
    try (exchange) {
      Supplier<Answer> page = pages.get(exchange.getRequestURI().getPath());
      String method = exchange.getRequestMethod();
      boolean head = method.equals("HEAD");
      if (here && !asksThisMachine(exchange)) {
        send(exchange, head, new Answer(421, "text/plain", "ask for localhost\n"));
      } else if (page == null) {
        send(exchange, head, new Answer(404, "text/plain", "no such page\n"));
      } else if (!head && !method.equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        send(exchange, false, new Answer(405, "text/plain", "only GET and HEAD\n"));
      } else {
        send(exchange, head, answer(page));
      }
    }
  }

  private static boolean asksThisMachine(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    return host == null || THIS_MACHINE.matcher(host.strip()).matches();
  }

  private static Answer answer(Supplier<Answer> page) {
    try {
      return page.get();
    } catch (RuntimeException e) {
      log.warn("a management page failed", e);
      return new Answer(500, "text/plain", "this page failed; the log says why\n");
    }
  }

  private static void send(HttpExchange exchange, boolean head, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    // Connections are counted, so none is kept for later.
    exchange.getResponseHeaders().set("Connection", "close");
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
    }
    exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    workers.shutdownNow();
  }
}
